import LeewayTensor
import Synchronization
import Testing

@Suite struct PoolTests {
  @Test(arguments: [1, 2, 3, 8]) func everyIndexRunsOnce(threads: Int) {
    let pool = ThreadPool(threads: threads)
    #expect(pool.threads == threads)
    for round in 0..<2000 {
      let count = round % 37
      let sum = Atomic<Int>(0)
      let calls = Atomic<Int>(0)
      pool.run(count) { index in
        sum.add(index + 1, ordering: .relaxed)
        calls.add(1, ordering: .relaxed)
      }
      #expect(calls.load(ordering: .relaxed) == count)
      #expect(sum.load(ordering: .relaxed) == count * (count + 1) / 2)
    }
  }

  @Test func callsFromInsideABodyRunSerially() {
    let pool = ThreadPool(threads: 3)
    let calls = Atomic<Int>(0)
    pool.run(10) { _ in
      pool.run(10) { _ in calls.add(1, ordering: .relaxed) }
    }
    #expect(calls.load(ordering: .relaxed) == 100)
  }

  @Test func usersMayShareAPool() async {
    let pool = ThreadPool(threads: 2)
    await withTaskGroup(of: Int.self) { group in
      for user in 0..<4 {
        group.addTask {
          let calls = Atomic<Int>(0)
          for _ in 0..<500 {
            pool.run(7 + user) { _ in calls.add(1, ordering: .relaxed) }
          }
          return calls.load(ordering: .relaxed) - 500 * (7 + user)
        }
      }
      for await difference in group { #expect(difference == 0) }
    }
  }

  @Test func poolsComeAndGo() {
    for threads in 1...40 {
      let pool = ThreadPool(threads: threads % 5 + 1)
      let calls = Atomic<Int>(0)
      if threads % 3 > 0 { pool.run(threads) { _ in calls.add(1, ordering: .relaxed) } }
      #expect(calls.load(ordering: .relaxed) == (threads % 3 > 0 ? threads : 0))
    }
  }

  @Test func serialKernelsRunSideBySide() {
    var random = Random(7)
    let w = LinearWeights.f32(random.floats(300 * 200), outputs: 300, inputs: 200)
    let x = Storage(64, 200, fill: random.floats(64 * 200))
    let whole = Storage(64, 300)
    var work = WorkCount()
    Kernels().linear(x.matrix, w, into: whole.matrix, work: &work)
    let parts = Storage(64, 300)
    let (input, output) = (x.matrix, parts.matrix)
    let pool = ThreadPool(threads: 4)
    let kernels = Kernels(pool: pool)
    pool.run(16) { index in
      var work = WorkCount()
      let rows = index * 4..<index * 4 + 4
      kernels.serial().linear(input.rows(rows), w, into: output.rows(rows), work: &work)
    }
    #expect(parts.bits == whole.bits)
  }
}
