import LeewayModel

/// What a pass did, in order.
final class Tape: PassRecorder {
  private(set) var ops: [PassOp] = []
  func record(_ op: PassOp) { ops.append(op) }
  func clear() { ops.removeAll(keepingCapacity: true) }
}
