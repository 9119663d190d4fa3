import LeewayTraining

/// A training as one HTML file that needs nothing outside itself.
public enum TrainingPage {
  public static func html(_ report: TrainingReport) -> String {
    let recipe = report.recipe
    let curve = report.curve
    let last = curve.losses.isEmpty ? "—" : NumberText.fixed(curve.recent(), 3)
    let evaluated = curve.evaluations.last.map { NumberText.fixed(Double($0.loss), 3) }
    let loss = TrainingChart(
      title: "Loss by step", values: curve.losses,
      marks: curve.evaluations.map {
        (Double($0.step), Double($0.loss))
      }, axis: "nats per token")
    let norm = TrainingChart(
      title: "Length of the gradient by step", values: curve.norms, marks: [],
      axis: "length of the gradient")
    return PageFrame.html(
      title: recipe.name + ": training",
      body: """
        <header>
        <p class="eyebrow">training</p>
        <h1>\(Markup.text(recipe.name))</h1>
        <dl class="tiles">
        \(tile("Parameters", NumberText.grouped(report.parameters), size(report)))\
        \(tile("Steps", NumberText.grouped(report.step), "of " + NumberText.grouped(recipe.steps)))\
        \(tile("Loss", last, "mean of the last 20 steps"))\
        \(tile("On the evaluation text", evaluated ?? "—", evaluated == nil ? "none is named" : ""))\
        </dl>
        </header>
        \(Markup.section("loss", "Loss", html: Markup.figure(loss.svg, caption: lossCaption(curve))))\
        \(Markup.section("norm", "Gradient", html: Markup.figure(norm.svg, caption: normCaption(recipe))))\
        \(record(report))
        """,
      footer: "Trained by Leeway. The same recipe, texts and tokenizer give the same weights.")
  }

  private static func tile(_ name: String, _ value: String, _ under: String) -> String {
    """
    <div><dt>\(Markup.text(name))</dt><dd><b>\(Markup.number(value))</b>\
    <span class="under">\(Markup.number(under))</span></dd></div>

    """
  }

  private static func size(_ report: TrainingReport) -> String {
    NumberText.grouped(report.parameters - report.embeddingParameters) + " without embeddings"
  }

  private static func lossCaption(_ curve: TrainingCurve) -> String {
    "Blue: the loss of each step's batch, and its mean over neighbours."
      + (curve.evaluations.isEmpty ? "" : " Vermilion: the evaluation text.")
  }

  private static func normCaption(_ recipe: Recipe) -> String {
    recipe.clip.map {
      "Before clipping; what is longer than \(NumberText.significant($0)) is cut to that."
    } ?? "Nothing is clipped."
  }

  private static func record(_ report: TrainingReport) -> String {
    let recipe = report.recipe
    let shape = recipe.shape
    let optimizer =
      switch recipe.optimizer {
      case .adamW(let beta1, let beta2, let epsilon):
        "AdamW, betas \(NumberText.significant(beta1, 6)) and \(NumberText.significant(beta2, 6)), "
          + "epsilon \(NumberText.significant(epsilon))"
      case .sgd(let momentum): "descent with momentum \(NumberText.significant(momentum, 6))"
      }
    let rows = [
      (
        "model",
        "\(recipe.architecture), \(shape.layers) blocks, width \(shape.width), \(shape.heads) heads"
          + " (\(shape.kvHeads) for keys), MLP \(shape.mlpWidth), context \(shape.context)"
          + (shape.experts > 0
            ? ", \(shape.experts) experts of which \(shape.expertsPerToken) a position" : "")
      ), ("data", "\(recipe.data.kind): \(recipe.data.value)"),
      ("batch", "\(recipe.batch) sequences of \(recipe.sequence)"), ("optimizer", optimizer),
      (
        "learning rate",
        "\(NumberText.significant(recipe.learningRate)), \(recipe.schedule.kind.rawValue), "
          + "warm-up \(recipe.schedule.warmUp), final share "
          + NumberText.significant(recipe.schedule.final)
      ), ("weight decay", NumberText.significant(recipe.decay)),
      ("MLP-drop", NumberText.significant(recipe.mlpDrop)), ("seed", "\(recipe.seed)"),
      ("recipe", report.hash),
    ]
    let html = rows.map {
      "<dt>\(Markup.text($0.0))</dt><dd>\(Markup.text($0.1))</dd>\n"
    }.joined()
    return Markup.section("record", "Recipe", html: "<dl class=\"record\">\n\(html)</dl>\n")
  }
}
