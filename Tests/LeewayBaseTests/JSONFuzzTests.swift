import LeewayBase
import LeewayFuzzing
import Testing

@Suite("JSONFuzz")
struct JSONFuzzTests {
  static let seeds: [[UInt8]] = [
    #"{"a":[1,-2.5e3,true,null,"x\u00e9\ud83d\ude00\n"],"b":{"c":{},"d":[[],[0]]}}"#,
    "\u{FEFF} [ 1 , \"\u{1F600}é\" ] ", #"{"__metadata__":{"k":"v"},"w":{"shape":[1,2]}}"#,
    "[[[[[[[[1]]]]]]]]", "-0.0e-0", #""\\\"\/\b\f\ud800""#, "",
  ].map { Array($0.utf8) }

  @Test("Whatever the bytes: a value, or an error with its place")
  func bytes() throws {
    try Fuzzer("JSON").run { stream in
      Mutation.bytes(Mutation.pick(Self.seeds, &stream), others: Self.seeds, &stream)
    } check: { input, _ in
      let lines = input.count { $0 == 0x0A } + 1
      do {
        let value = try JSONValue.parse(input, path: "fuzz")
        // What is accepted has one spelling, which reads as the same.
        let spelling = value.canonicalBytes
        let again = try JSONValue.parse(spelling, path: "again")
        try #require(again.canonicalBytes == spelling)
        try #require(String(validating: spelling, as: UTF8.self) != nil)
        return true
      } catch let error as JSONError {
        switch error {
        case .syntax(let path, let line, let column, _),
          .duplicateKey(let path, let line, let column, _),
          .tooDeep(let path, let line, let column, _):
          try #require(path == "fuzz")
          try #require((1...lines).contains(line) && (1...input.count + 1).contains(column))
        }
        return false
      }
    }
  }
}
