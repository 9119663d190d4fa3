/// Strokes and fills of the drawings.
enum ChartStyle {
  /// For a drawing that is a file of its own.
  static let file =
    Palette.css + css
    + "svg { background: var(--paper); font-family: ui-sans-serif, system-ui, sans-serif; }\n"

  static let css = """
    svg text { fill: var(--ink); font-size: 12.5px; font-variant-numeric: tabular-nums; }
    svg .tick { fill: var(--soft); }
    svg .name { fill: var(--soft); font-size: 13px; }
    svg .small { font-size: 12px; }
    svg .label { font-size: 13px; font-weight: 600; }
    svg .strong { font-weight: 600; fill: var(--effect); }
    svg .middle { text-anchor: middle; }
    svg .end { text-anchor: end; }
    svg .effect-text { fill: var(--effect); }
    svg .capability-text { fill: var(--capability); }
    svg .control-text { fill: var(--control-text); font-weight: 400; }
    svg .halo { paint-order: stroke; stroke: var(--paper); stroke-width: 4px; }
    .axis { stroke: var(--soft); }
    .grid { stroke: var(--rule); stroke-width: 0.75; }
    .criterion { stroke: var(--effect); stroke-dasharray: 2 4; opacity: 0.8; }
    .floor { stroke: var(--capability); stroke-dasharray: 2 4; opacity: 0.8; }
    .window-open { fill: var(--effect-wash); }
    .window-bar { fill: var(--effect); fill-opacity: 0.3; }
    .window-doubt { fill: var(--control); fill-opacity: 0.12; }
    .window-shut { fill: var(--bad); fill-opacity: 0.05; }
    .window-shut-stripes { stroke: var(--bad); stroke-width: 1; opacity: 0.3; fill: none; }
    .random { stroke: var(--control); stroke-width: 0.8; fill: none; opacity: 0.38; }
    .random-mean { stroke: var(--control-text); stroke-width: 1.6; fill: none;
      stroke-dasharray: 6 4; }
    .hover { fill: transparent; }
    .effect-band { fill: var(--effect-soft); }
    .training-each { stroke: var(--capability); stroke-width: 1; fill: none; opacity: 0.35; }
    .training-mean { stroke: var(--capability); stroke-width: 2.25; fill: none;
      stroke-linejoin: round; }
    .effect-line { stroke: var(--effect); stroke-width: 2.5; fill: none; stroke-linejoin: round; }
    .effect-whisker { stroke: var(--effect); stroke-width: 1.5; opacity: 0.6; }
    .effect-mark { fill: var(--effect); }
    .effect-refined { fill: var(--paper); stroke: var(--effect); stroke-width: 1.5; }
    .effect-drop { stroke: var(--effect); }
    .effect-bracket { stroke: var(--effect); stroke-width: 1.75; }
    .effect-dot { fill: var(--effect); }
    .capability.line { stroke: var(--capability); stroke-width: 1.75; fill: none;
      stroke-linejoin: round; }
    .capability.c1.line { stroke-dasharray: 7 3; }
    .capability.c2.line { stroke-dasharray: 3 3; }
    .capability.c3.line { stroke-dasharray: 8 3 2 3; }
    .capability.whisker { stroke: var(--capability); opacity: 0.4; }
    .capability.mark { fill: var(--capability); }
    .capability.refined { fill: var(--paper); stroke: var(--capability); }
    .capability-drop { stroke: var(--capability); }
    .capability-bracket { stroke: var(--capability); stroke-width: 1.75; }
    .capability-dot { fill: var(--capability); }
    .cell { stroke: var(--rule); stroke-width: 0.5; }
    .effect-cell { fill: var(--effect); }
    .capability-cell { fill: var(--capability); }
    svg .cell-number { font-size: 11px; }
    svg .cell-number.on { fill: var(--on); }
    .cell-missing { stroke: var(--control); }
    .cell-chosen { fill: none; stroke: var(--ink); stroke-width: 1.5; }
    .dot-vector { fill: var(--effect); stroke: var(--paper); stroke-width: 1.5; }
    .dot-refit { fill: none; stroke: var(--effect); stroke-width: 1.4; }
    .dot-control { fill: var(--control); fill-opacity: 0.65; stroke: var(--paper); }
    .range-refit { stroke: var(--effect); stroke-width: 1.5; opacity: 0.6; fill: none; }
    .range-vector { stroke: var(--effect); stroke-width: 3.5; fill: none; }
    .range-refit-dot, .range-vector-dot { fill: var(--effect); }
    .dashed { stroke-dasharray: 5 4; }
    .bar-target { fill: var(--effect); }
    .bar-original { fill: var(--capability); }
    .bar-neither { fill: var(--control); fill-opacity: 0.45; }
    svg.bar { flex: none; }
    .p-line { stroke-width: 1.9; fill: none; stroke-linejoin: round; }
    .p-dot { stroke: none; }
    .p-effect { stroke: var(--effect); stroke-width: 2.4; } .p-effect-dot { fill: var(--effect); }
    .p-effect-band { fill: var(--effect-soft); }
    .p-capability { stroke: var(--capability); } .p-capability-dot { fill: var(--capability); }
    .p-token { stroke: var(--control-text); stroke-dasharray: 6 3; }
    .p-token-dot { fill: var(--control-text); }
    .p-bias { stroke: var(--control-text); stroke-dasharray: 2 3; }
    .p-bias-dot { fill: var(--control-text); }
    .p-spill { stroke: var(--effect); stroke-dasharray: 2 3; } .p-spill-dot { fill: var(--effect); }
    .p-follow { stroke: var(--effect); stroke-dasharray: 7 3; }
    .p-follow-dot { fill: var(--effect); }
    .sampled-line { stroke: var(--effect); stroke-width: 1.5; fill: none; stroke-dasharray: 5 4; }
    .sampled-mark { fill: var(--paper); stroke: var(--effect); }

    """
}
