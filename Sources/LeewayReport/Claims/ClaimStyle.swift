/// What the pages of claims have beside the other pages: colours of series, verdicts, quotes.
enum ClaimStyle {
  /// Beside the two colours of every page, four that differ in lightness too.
  static let colors = """
    :root { --third: #0f7b76; --fourth: #7a3e9d; --fifth: #94690a; --sixth: #3c4654; }
    @media (prefers-color-scheme: dark) {
      :root { --third: #58c9bd; --fourth: #cf9cf0; --fifth: #e0b64f; --sixth: #c4cad3; }
    }
    @media print {
      :root { --third: #0f7b76; --fourth: #7a3e9d; --fifth: #94690a; --sixth: #3c4654; }
    }

    """

  /// For pages and files that hold charts.
  static let chart = colors + series

  private static let series = """
    .s0 { --s: var(--effect); } .s1 { --s: var(--capability); } .s2 { --s: var(--third); }
    .s3 { --s: var(--fourth); } .s4 { --s: var(--fifth); } .s5 { --s: var(--sixth); }
    .s-grey { --s: var(--control-text); }
    .s-line { stroke: var(--s); stroke-width: 2.25; fill: none; stroke-linejoin: round; }
    .s-dashed { stroke-width: 1.75; stroke-dasharray: 6 4; }
    .s-mark { fill: var(--s); stroke: var(--paper); stroke-width: 0.75; }
    .s-whisker { stroke: var(--s); stroke-width: 1.5; opacity: 0.6; }
    .s-band { fill: var(--s); fill-opacity: 0.13; }
    .s-bar { fill: var(--s); fill-opacity: 0.82; }
    .s-error { stroke: var(--ink); stroke-width: 1.25; }
    .s-rule { stroke: var(--control); stroke-dasharray: 2 4; }
    svg .s-text { fill: var(--s); }

    """

  static let page = """
    blockquote.claimed { margin: 0 0 26px; padding: 2px 0 2px 18px; max-width: 40em;
      border-left: 3px solid var(--effect);
      font: italic 400 21px/1.45 Charter, "Iowan Old Style", "Source Serif Pro", Georgia, serif; }
    .claimed cite { display: block; margin-top: 6px; font: 13px/1.4 ui-sans-serif, system-ui,
      "Helvetica Neue", "Noto Sans", Arial, sans-serif; color: var(--soft); }
    .outcome { font-weight: 600; }
    .o-supported { color: var(--ok); } .o-refuted { color: var(--bad); }
    .o-undecided { color: var(--fifth); } .o-none { color: var(--soft); font-weight: 400; }
    .held { color: var(--ok); } .failed { color: var(--bad); font-weight: 600; }
    table.measured, table.found, table.others, table.parameters { min-width: 0; }
    .measured th, .measured td, .found th, .found td, .others td, .others th, .parameters td,
      .parameters th { padding-right: 18px; }
    .measured tbody th, .others tbody th, .others td, .parameters td, .parameters tbody th {
      white-space: normal; }
    .measured tbody th { max-width: 26em; min-width: 12em; }
    .found td.word, .found th.word, .others td, .others thead th, .parameters td.word,
      .parameters thead th.word, .measured td.word, .measured thead th.word { text-align: left; }
    table.others { border-left: 3px solid var(--rule); }
    .others th:first-child, .others td:first-child { padding-left: 14px; }
    .others td { overflow-wrap: anywhere; }
    section > h3:first-of-type { margin-top: 8px; }
    .tiles + .lead, .tiles + .warning { margin-top: 18px; }
    p.text { max-width: 46em; margin: 0 0 12px; }
    table.ledger td { text-align: left; white-space: normal; }
    table.ledger th { white-space: normal; text-align: left; }
    table.ledger tbody th { max-width: 30em; min-width: 16em; }
    table.ledger th q { display: block; font: italic 400 16px/1.4 Charter, "Iowan Old Style",
      "Source Serif Pro", Georgia, serif; margin-bottom: 4px; }
    table.ledger .number { white-space: nowrap; text-align: right; }
    table.ledger th small { display: block; margin-top: 3px; font-weight: 400; }

    """
}
