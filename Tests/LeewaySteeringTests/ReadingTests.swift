import LeewayModel
import LeewaySteering
import Testing

/// Which tokens are read, with a model whose activations are `[token, position, layer]`.
@Suite struct ReadingTests {
  private let sites = [Site(.residPost, layer: 4), Site(.residPre, layer: 0)]

  private func read(_ text: String, _ position: ReadPosition) throws -> [Float] {
    let activations = try VectorFitter.echo().activations(
      Contrast(positive: [text], negative: [text]), read: position, sites: sites)
    #expect(activations.map(\.site) == sites)
    #expect(activations.map { $0.positive[0][2] } == [4, 0], "the sites' order")
    #expect(activations[0].positive[0].prefix(2) == activations[1].positive[0].prefix(2))
    return Array(activations[0].positive[0].prefix(2))
  }

  private func id(_ letter: Character) -> Float { Float(ToyTokenizer.id(letter)) }

  @Test func lastIsTheLastToken() throws {
    // <s> a . b </s>: what stands behind the text is a token too.
    #expect(try read("a.b", .last) == [Float(ToyTokenizer.end), 4])
    #expect(try read("ab|||", .last) == [Float(ToyTokenizer.end), 3])
  }

  @Test func responseMeanReadsWhatFollowsTheMark() throws {
    // <s> a b c d </s>, and the mark itself is no token.
    #expect(try read("ab|||cd", .responseMean) == [(id("c") + id("d")) / 2, 3.5])
    #expect(try read("a|||b", .responseMean) == [id("b"), 2])
  }

  @Test func responseMeanWithoutAMarkReadsAllButSpecialTokens() throws {
    #expect(try read("abc", .responseMean) == [(id("a") + id("b") + id("c")) / 3, 2])
    // <s> a <|turn|> b </s>
    #expect(try read("a<|turn|>b", .responseMean) == [(id("a") + id("b")) / 2, 2])
    #expect(try read("c|||a<|turn|>", .responseMean) == [id("a"), 2])
  }

  @Test func aResponseWithoutTokensReadsTheLast() throws {
    #expect(try read("ab|||", .responseMean) == [Float(ToyTokenizer.end), 3])
  }

  @Test func aWordIsReadAtItsLastToken() throws {
    // <s> t h e ' ' owl ' ' b a t ' ' f l e w </s>
    #expect(try read("the owl bat flew", .word("owl")) == [Float(ToyTokenizer.owl), 5])
    #expect(try read("the owl bat flew", .word("bat")) == [id("t"), 9])
    #expect(try read("the owl bat flew", .word("the owl")) == [Float(ToyTokenizer.owl), 5])
  }

  @Test func ofSeveralPlacesTheLastIsRead() throws {
    #expect(try read("bat owl bat cat", .word("bat")) == [id("t"), 9])
  }

  @Test func aWordInsideAnotherIsNotTheWord() throws {
    #expect(try read("bat cat batch", .word("bat")) == [id("t"), 3])
    #expect(try read("bat cat acrobat", .word("bat")) == [id("t"), 3])
    #expect(try read("bat.", .word("bat")) == [id("t"), 3])
  }

  @Test func ideographsNeedNoSpaces() throws {
    #expect(try read("a猫は", .word("猫")) == [id("猫"), 2])
  }

  @Test(arguments: ["fowl", "owls", "a bat", "Owl", "ow l"]) func missingWordsAreTold(text: String)
    throws
  {
    #expect(throws: SteeringError.wordNotFound(word: "owl", text: text)) {
      try read(text, .word("owl"))
    }
  }

  @Test func theMarkIsNoPartOfTheText() throws {
    // <s> t h e owl </s>: without the mark the words are one.
    #expect(throws: SteeringError.wordNotFound(word: "the", text: "theowl")) {
      try read("the|||owl", .word("the"))
    }
    #expect(try read("the |||owl", .word("the")) == [id("e"), 3])
  }

  @Test func textsWithoutTokensNameTheirHalf() throws {
    let bare = VectorFitter(
      executor: EchoExecutor(), tokenizer: try ToyTokenizer.make(bare: true),
      checkpointHash: "checkpoint")
    // The vocabulary has no Z.
    for (positive, negative, half) in [("", "a", "positive"), ("a", "ZZ", "negative")] {
      #expect(throws: SteeringError.emptyContrast(half: half)) {
        try bare.activations(
          Contrast(positive: [positive], negative: [negative]), read: .last, sites: sites)
      }
    }
    #expect(try bare.residualNorms(["", "a"], sites: [sites[0]])[0]?.count == 1)
  }

  // MARK: Names

  @Test(arguments: ["last", "response-mean", "word: owl", "word: the owl: a bird"])
  func namesReadBackAsWritten(name: String) throws {
    #expect("\(try ReadPosition(name))" == name)
  }

  @Test func spacesAfterTheColonDoNotMatter() throws {
    #expect(try ReadPosition("word:owl") == .word("owl"))
    #expect(try ReadPosition("word:   owl") == .word("owl"))
  }

  @Test(arguments: ["", "first", "word", "word:", "word:  ", "last: 2", "Last", "response_mean"])
  func otherNamesAreRefused(name: String) {
    #expect(
      throws: SteeringError.unknownName(
        kind: "read position", name: name, known: ["last", "response-mean", "word: NAME"])
    ) { try ReadPosition(name) }
  }

  // MARK: What a vector is told to come from

  @Test func activationsSayWhereTheyComeFrom() throws {
    let contrast = Contrast(positive: ["an owl", "owl"], negative: ["a bat"])
    let found = try VectorFitter.echo().activations(contrast, read: .last, sites: sites)
    #expect(found.allSatisfy { $0.contrastHash == contrast.hash && $0.read == "last" })
    #expect(found[0].positive.count == 2)
    #expect(found[0].negative.count == 1)
  }

  @Test func aContrastsHashKnowsHalvesAndOrder() {
    let all = [
      Contrast(positive: ["a", "b"], negative: ["c"]),
      Contrast(positive: ["b", "a"], negative: ["c"]),
      Contrast(positive: ["c"], negative: ["a", "b"]),
      Contrast(positive: ["a"], negative: ["b", "c"]),
      Contrast(positive: ["ab"], negative: ["c"]),
      Contrast(positive: ["a,b"], negative: ["c"]),
    ]
    #expect(Set(all.map(\.hash)).count == all.count)
    #expect(all[0].hash == Contrast(positive: ["a", "b"], negative: ["c"]).hash)
  }
}
