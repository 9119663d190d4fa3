import LeewayModel
import LeewaySteering
import LeewayYAML

extension StudyReader {
  /// What can be read of a study with mistakes, so that the rest of it can be held against a model
  /// in the same go. Parts that cannot be read are empty; their mistakes are not noted again.
  func draft(_ root: YAMLCursor) -> Study {
    var root = root
    root.issues = IssueList()
    let keys = root.keys(Self.keys)
    let sweep = keys?["sweep"]?.keys(Self.sweepKeys)
    let contrast = keys?["vector"]?.keys(Self.vectorKeys)?["contrast"]?.keys(Self.halves)
    let answers = keys?["answer"]?.keys(Self.answerKeys)
    var study = Study(
      name: keys?["name"]?.string() ?? "", question: "", model: "",
      vector: VectorSpec(contrast: Contrast(positive: [], negative: [])),
      sweep: SweepSpec(sites: [], doses: []), prompts: [],
      answer: AnswerSpec(by: .generated, target: [], original: []))
    study.prompts = keys?["prompts"].flatMap(texts) ?? []
    study.vector.contrast = Contrast(
      positive: contrast?["positive"].flatMap(texts) ?? [],
      negative: contrast?["negative"].flatMap(texts) ?? [])
    study.vector = keys?["vector"].flatMap(vector) ?? study.vector
    study.sweep.sites = sweep?["sites"].flatMap(sites) ?? []
    study.sweep.doses = sweep?["doses"].flatMap(doses) ?? []
    study.sweep = keys?["sweep"].flatMap(self.sweep) ?? study.sweep
    study.answer.target = answers?["target"].flatMap(words) ?? []
    study.answer.original = answers?["original"].flatMap(words) ?? []
    study.answer = keys?["answer"].flatMap(answer) ?? study.answer
    study.capability = keys?["capability"]?.list()?.compactMap(capability) ?? []
    study.arms = keys?["arms"].flatMap(arms) ?? ArmsSpec()
    // Judged by the target: without one, every prompt would repeat that mistake.
    if !study.answer.target.isEmpty {
      study.spillover = keys?["spillover"].flatMap(spillover) ?? []
    }
    study.entailment = keys?["entailment"].flatMap(entailment) ?? []
    study.neutral = keys?["neutral"].flatMap(texts) ?? []
    return study
  }
}
