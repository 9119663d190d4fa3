/// The colours of both themes, as custom properties: vermilion for the vector, blue for
/// capability, grey for controls. The first two are told apart by every common colour vision.
enum Palette {
  static let css = """
    :root {
      --paper: #fdfdfb; --raised: #f5f4f0; --ink: #1b1d21; --soft: #5b6068; --rule: #dcdad3;
      --effect: #c2410c; --effect-soft: #c2410c26; --effect-wash: #c2410c14;
      --capability: #1d5fa8; --capability-soft: #1d5fa81f;
      --control: #8b9098; --control-text: #666b73; --on: #ffffff;
      --bad: #a4133c; --ok: #2f6b3c;
    }
    @media (prefers-color-scheme: dark) {
      :root {
        --paper: #15171b; --raised: #1e2126; --ink: #e8e6e1; --soft: #a3a7ae; --rule: #34383f;
        --effect: #ff8f57; --effect-soft: #ff8f5733; --effect-wash: #ff8f571c;
        --capability: #7db8f5; --capability-soft: #7db8f52b;
        --control: #7d838c; --control-text: #a0a5ad; --on: #15171b;
        --bad: #ff8fa3; --ok: #8fd19e;
      }
    }
    @media print {
      :root {
        --paper: #ffffff; --raised: #f6f6f6; --ink: #000000; --soft: #444444; --rule: #cccccc;
        --effect: #c2410c; --effect-soft: #c2410c26; --effect-wash: #c2410c14;
        --capability: #1d5fa8; --capability-soft: #1d5fa81f;
        --control: #8b9098; --control-text: #666b73; --on: #ffffff;
        --bad: #a4133c; --ok: #2f6b3c;
      }
    }

    """
}
