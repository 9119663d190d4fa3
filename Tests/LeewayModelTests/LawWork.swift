import LeewayBase
import LeewayModel
import LeewaySteering
import LeewayTensor
import Testing

/// What a sweep must cost, counted on paper: multiply-adds, attention scores included, of a model
/// whose biases, norms and activations are free.
struct PaperCost {
  var layers: Int
  var width: Int
  var vocabulary: Int
  var mlpWidth: Int
  var prompts: Int
  var length: Int
  /// Tokens at the start that all prompts share.
  var shared: Int
  /// Steered blocks, after each of which the stream is edited.
  var steered: [Int]
  /// Strengths at each of them, 0 among them.
  var strengths: Int

  private var perToken: Int { 4 * width * width + 2 * width * mlpWidth }
  private var keysAndValues: Int { 2 * width * width }
  /// One query against one key, and that value's share of the sum.
  private var perPair: Int { 2 * width }
  private var unembedding: Int { width * vocabulary }

  /// One block over positions of one sequence.
  private func block(_ positions: Range<Int>) -> Int {
    positions.reduce(0) { $0 + perToken + perPair * ($1 + 1) }
  }
  /// What is done of a row when its keys and values are there already.
  private var readRow: Int { perToken - keysAndValues + perPair * length }

  /// Every condition from the start, logits of all positions.
  var naive: Int {
    strengths * steered.count * prompts * (layers * block(0..<length) + length * unembedding)
  }

  /// Shared beginnings once, forks behind the steered block, strength 0 once, in the last block
  /// only the rows that are read.
  var planned: Int {
    let whole = prompts * block(shared..<length) + block(0..<shared)
    let last =
      prompts * ((length - shared) * keysAndValues + readRow) + shared * keysAndValues
    let above = steered.reduce(0) { $0 + max(0, layers - 2 - $1) }
    let reachLast = steered.count { $0 < layers - 1 }
    let conditions = (strengths - 1) * steered.count + 1
    return (layers - 1) * whole + last + (strengths - 1) * (above * whole + reachLast * last)
      + conditions * prompts * unembedding
  }

  /// The same when only the last position is steered: the others keep their keys and values.
  var plannedLastOnly: Int {
    let whole = prompts * block(shared..<length) + block(0..<shared)
    let last =
      prompts * ((length - shared) * keysAndValues + readRow) + shared * keysAndValues
    let above = steered.reduce(0) { $0 + layers - 1 - $1 }
    let conditions = (strengths - 1) * steered.count + 1
    return (layers - 1) * whole + last
      + (strengths - 1) * prompts * above * (perToken + perPair * length)
      + conditions * prompts * unembedding
  }
}

/// The planner does no more work than paper says; the meter counts what the naive executor does to
/// the last multiply-add.
@Suite struct LawWork {
  enum Line: String, CaseIterable, Sendable {
    case everyLayer, twelveLayers, fewShot, middleLayer, lastPosition

    func cost(_ toy: ToyModel, layers: Int) -> PaperCost {
      var cost = PaperCost(
        layers: layers, width: toy.width, vocabulary: toy.vocabulary, mlpWidth: 4 * toy.width,
        prompts: 32, length: 24, shared: 8, steered: Array(0..<layers), strengths: 9)
      switch self {
      case .everyLayer, .lastPosition: break
      case .twelveLayers:
        cost.steered = (1...12).map {
          Int((Double($0 * layers) / 12).rounded(.toNearestOrEven)) - 1
        }
      case .fewShot: (cost.length, cost.shared) = (96, 80)
      case .middleLayer: cost.steered = [layers / 2]
      }
      return cost
    }
  }

  /// The figures for GPT-2 small, in the order of `Line`: naive over planned.
  @Test(arguments: zip(Line.allCases, [5.5, 5.5, 19.4, 4.8, 36.5]))
  func thePaperSavesThisMuchOnGPT2(line: Line, saving: Double) {
    let shape = ToyModel(layers: 12, width: 768, vocabulary: 50257)
    let cost = line.cost(shape, layers: 12)
    let planned = line == .lastPosition ? cost.plannedLastOnly : cost.planned
    #expect(abs(Double(cost.naive) / Double(planned) - saving) < 0.06)
  }

  @Test(arguments: [12, 26, 48], Line.allCases)
  func thePlannerDoesWhatPaperSays(layers: Int, line: Line) throws {
    let toy = ToyModel(layers: layers)
    let cost = line.cost(toy, layers: layers)
    let planner = SweepPlanner(
      model: try toy.make(), kernels: Kernels(pool: ThreadPool(threads: 2)))
    _ = try planner.nextToken(
      try job(cost, toy, line == .lastPosition ? .last : .all, baseline: true))
    let paper = line == .lastPosition ? cost.plannedLastOnly : cost.planned
    let share = Double(planner.meter.count.useful) / Double(paper)
    #expect(share <= 1.02, "\(layers) layers, \(line): \(share) of the paper's work")
    #expect(share >= 0.9, "\(layers) layers, \(line): more was done than was counted")
  }

  @Test func theNaiveExecutorIsCountedExactly() throws {
    let toy = ToyModel(layers: 3)
    var cost = Line.everyLayer.cost(toy, layers: 3)
    (cost.prompts, cost.strengths) = (3, 2)
    let naive = NaiveExecutor(model: try toy.make())
    let questions = try job(cost, toy, .all, baseline: false)
    _ = try naive.nextToken(questions)
    #expect(questions.variants.count == 3)
    // One strength is 0 and asked once for every layer on paper; here only the other is asked.
    #expect(naive.meter.count.useful == cost.naive / 2)
  }

  private func job(_ cost: PaperCost, _ toy: ToyModel, _ positions: Positions, baseline: Bool)
    throws
    -> NextTokenJob
  {
    var chance = NamedStream("law-work")
    let tokens: (Int) -> [Int] = { count in (0..<count).map { _ in chance.below(toy.vocabulary) } }
    let shared = tokens(cost.shared)
    // The first own token differs, so nothing more is shared than paper says.
    let prompts = (0..<cost.prompts).map { prompt in
      shared + [prompt] + tokens(cost.length - cost.shared - 1)
    }
    let direction = (0..<toy.width).map { _ in Float(chance.normal()) }
    let add = try SteeringOperators.named("add")
    let variants = cost.steered.flatMap { layer in
      (1..<cost.strengths).map { strength in
        Variant([
          Intervention(
            site: Site(.residPost, layer: layer), positions: positions,
            edit: add.edit(
              direction: direction, strength: Double(strength), residualMedian: 1))
        ])
      }
    }
    return NextTokenJob(
      prompts: prompts, candidates: prompts.map { _ in [1, 2] },
      variants: (baseline ? [.baseline] : []) + variants)
  }
}
