/// Type, space and tables of the page.
enum StyleSheet {
  static let css = """
    * { box-sizing: border-box; }
    html { color-scheme: light dark; -webkit-text-size-adjust: 100%; }
    body { margin: 0; background: var(--paper); color: var(--ink);
      font: 16px/1.55 ui-sans-serif, system-ui, "Helvetica Neue", "Noto Sans", Arial, sans-serif; }
    main { max-width: 1120px; margin: 0 auto; padding: 56px 32px 80px; }
    h1 { font: 500 34px/1.2 Charter, "Iowan Old Style", "Source Serif Pro", Georgia, serif;
      letter-spacing: -0.01em; margin: 6px 0 14px; max-width: 24em; text-wrap: balance; }
    h2 { font: 500 23px/1.3 Charter, "Iowan Old Style", "Source Serif Pro", Georgia, serif;
      margin: 0 0 8px; }
    h3 { font-size: 15px; margin: 28px 0 8px; }
    section { margin-top: 60px; }
    .eyebrow { color: var(--soft); font-size: 14px; margin: 0; overflow-wrap: anywhere; }
    .answer { font-size: 19px; line-height: 1.5; max-width: 42em; margin: 0 0 28px; }
    .lead { color: var(--soft); max-width: 46em; margin: 0 0 16px; font-size: 15px; }
    .tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 0;
      margin: 0; border-top: 1px solid var(--rule); border-bottom: 1px solid var(--rule); }
    .tiles div { padding: 14px 18px 14px 0; }
    .tiles dt { color: var(--soft); font-size: 13px; }
    .tiles dd { margin: 0; }
    .tiles b { font-size: 25px; font-weight: 500; font-variant-numeric: tabular-nums;
      line-height: 1.3; }
    .tiles .unit { color: var(--soft); font-size: 14px; }
    .tiles .under { display: block; color: var(--soft); font-size: 13px; line-height: 1.4;
      font-variant-numeric: tabular-nums; }
    .warning { color: var(--bad); font-weight: 600; }
    .notes { color: var(--soft); font-size: 15px; padding-left: 1.1em; max-width: 46em; }
    figure { margin: 0; }
    figcaption { color: var(--soft); font-size: 14px; line-height: 1.5; max-width: 52em;
      margin-top: 6px; }
    figcaption b { color: var(--ink); font-weight: 600; }
    .scroll { overflow-x: auto; }
    svg { display: block; max-width: 100%; height: auto; }
    table { border-collapse: collapse; font-size: 13.5px; font-variant-numeric: tabular-nums;
      min-width: 100%; }
    th, td { text-align: right; padding: 6px 7px; white-space: nowrap; vertical-align: top;
      border-bottom: 1px solid var(--rule); font-weight: 400; }
    th:first-child, td:first-child { text-align: left; padding-left: 0; }
    thead th { color: var(--soft); font-size: 12.5px; vertical-align: bottom; white-space: normal; }
    th.group { text-align: left; border-bottom: 1px solid var(--rule); }
    th.seed { border-left: 1px solid var(--rule); }
    .windows td:nth-child(9), .windows thead tr:last-child th:nth-child(9) {
      border-left: 1px solid var(--rule); }
    tr.chosen th, tr.chosen td { background: var(--effect-wash); font-weight: 600; }
    tr.chosen th:first-child { box-shadow: inset 3px 0 var(--effect); padding-left: 10px; }
    td small { display: block; color: var(--soft); font-size: 12px; font-weight: 400; }
    td i { color: var(--effect); font-style: normal; }
    .missing { color: var(--soft); cursor: help; }
    .verdict { white-space: nowrap; }
    .v-open, .v-noCeiling { color: var(--effect); }
    .v-shut, .v-notAboveRandom, .bad { color: var(--bad); }
    .ok { color: var(--ok); }
    details > summary { cursor: pointer; color: var(--soft); font-size: 14px; padding: 8px 0; }
    details.dose { border-top: 1px solid var(--rule); }
    details.dose > summary { display: flex; flex-wrap: wrap; align-items: center; gap: 4px 16px;
      list-style: none; padding: 10px 0; }
    details.dose > summary::-webkit-details-marker { display: none; }
    details.dose > summary::before { content: "+"; width: 0.7em; color: var(--soft); }
    details.dose[open] > summary::before { content: "−"; }
    summary .at { color: var(--ink); font-weight: 600; min-width: 6.5em;
      font-variant-numeric: tabular-nums; }
    summary .shares { font-variant-numeric: tabular-nums; }
    blockquote { margin: 0 0 12px 1.2em; padding: 2px 0 2px 14px; border-left: 3px solid var(--rule);
      max-width: 48em; }
    blockquote.l-target { border-left-color: var(--effect); }
    blockquote.l-original { border-left-color: var(--capability); }
    blockquote p { margin: 0; overflow-wrap: anywhere; }
    .prompt { color: var(--soft); font-size: 14px; }
    .seed { font-size: 12.5px; }
    .said { white-space: pre-wrap; }
    details.more { margin-left: 1.2em; }
    mark { background: none; color: inherit; font-weight: 600; }
    mark.target { color: var(--effect); box-shadow: inset 0 -0.45em var(--effect-soft); }
    mark.original { color: var(--capability); box-shadow: inset 0 -0.45em var(--capability-soft); }
    dl.record { display: grid; grid-template-columns: max-content 1fr; gap: 5px 24px; margin: 0;
      font-size: 14.5px; font-variant-numeric: tabular-nums; }
    .record dt { color: var(--soft); }
    .record dd { margin: 0; overflow-wrap: anywhere; }
    code, pre { font: 13px/1.5 ui-monospace, "SF Mono", Menlo, "DejaVu Sans Mono", monospace; }
    pre { background: var(--raised); padding: 16px 18px; overflow-x: auto; border-radius: 4px;
      margin: 8px 0; }
    pre.wrap { white-space: pre-wrap; overflow-wrap: anywhere; }
    footer { margin-top: 64px; padding-top: 16px; border-top: 1px solid var(--rule);
      color: var(--soft); font-size: 13px; }
    .maps { display: flex; flex-wrap: wrap; gap: 20px 28px; }
    .map-of { max-width: 100%; }
    .map-of h3 { margin: 8px 0; }
    .panels { display: grid; grid-template-columns: repeat(auto-fill, minmax(300px, 1fr));
      gap: 18px 28px; }
    a { color: inherit; text-decoration-color: var(--control); text-underline-offset: 3px; }
    a:hover { color: var(--effect); }
    .panel-of h3 { margin: 4px 0 2px; font-weight: 600; }
    .panel-of p { margin: 0 0 4px; color: var(--soft); font-size: 13.5px; line-height: 1.45;
      font-weight: 400; }
    .family th, .family td { padding: 6px 5px; }
    .family td:nth-child(7), .family td:nth-child(8), .family td:last-child { white-space: normal;
      max-width: 7.5em; }
    .family .verdict { white-space: normal; }
    svg.panel { width: 100%; max-width: 360px; }
    ul.key { list-style: none; display: flex; flex-wrap: wrap; gap: 4px 22px; padding: 0;
      margin: 10px 0 0; font-size: 13.5px; color: var(--soft); }
    ul.key li { display: flex; align-items: center; gap: 7px; }
    svg.key { flex: none; }
    figure + .scroll { margin-top: 22px; }
    .beside td:nth-child(8), .beside thead tr:last-child th:nth-child(8) {
      border-left: 1px solid var(--rule); }
    .effect-word { color: var(--effect) !important; }
    .capability-word { color: var(--capability) !important; }
    @media (max-width: 640px) {
      main { padding: 28px 18px 56px; }
      h1 { font-size: 27px; }
      .answer { font-size: 17px; }
      .scroll svg { max-width: none; }
      svg.chart, svg.strip { width: 760px; }
      .tiles { grid-template-columns: 1fr 1fr; }
      dl.record { grid-template-columns: 1fr; gap: 0; }
      .record dd { margin-bottom: 8px; }
      blockquote, details.more { margin-left: 0; }
    }
    @media print {
      main { max-width: none; padding: 0; }
      section { break-inside: auto; margin-top: 32px; }
      figure, tr, blockquote { break-inside: avoid; }
      h2 { break-after: avoid; }
      .scroll { overflow: visible; }
      table { font-size: 9px; }
      th, td { padding: 3px 4px; }
      details::details-content { content-visibility: visible; }
      @page { margin: 16mm; }
    }

    """
}
