import Charts

/// The style sheet of the page.
///
/// Light and dark follow the reader's preference; every text has a contrast of 4.5:1 at least, every
/// control and mark of 3:1 (WCAG 2.2 §1.4.3, §1.4.11). Segments have the colours of the pictures.
enum DashboardStyle {
  static let text = DashboardAssets.compact(colours + rules)

  private static let colours: String = {
    let light = SegmentMark.lightColours.enumerated().map { "--s\($0):\($1)" }
    let dark = SegmentMark.darkColours.enumerated().map { "--s\($0):\($1)" }
    let fills = SegmentMark.lightColours.indices.map { ".s\($0){fill:var(--s\($0))}" }
    let (day, night) = SegmentMark.grounds
    return """
      :root{--side:max(clamp(.75rem,2.5vw,2.5rem),(100vw - 144rem)/2);color-scheme:light dark;--ground:#f4f6f8;--card:\(day);--ink:#1b2027;--muted:#57606a;--line:#d5dbe1;--edge:#8a939c;\
      --accent:#0b5c94;--on-accent:#fff;--soft:#e8f1f8;--track:#e6eaee;--warn:#8a4b00;--bad:#a3261b;--good:#0a6b4d;\(light.joined(separator: ";"))}
      @media(prefers-color-scheme:dark){:root{--ground:#0b0e12;--card:\(night);--ink:#e6edf3;--muted:#9aa4af;--line:#2a313a;--edge:#717b86;\
      --accent:#7cc0f2;--on-accent:#06243a;--soft:#14283a;--track:#262d36;--warn:#f0b45c;--bad:#ff9a8d;--good:#62d2a8;\(dark.joined(separator: ";"))}}
      \(fills.joined())

      """
  }()

  private static let rules = """
    *,*::before,*::after{box-sizing:border-box}
    html{scroll-padding-top:4.5rem;-webkit-text-size-adjust:100%}
    body{margin:0;background:var(--ground);color:var(--ink);font:1rem/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
    main{padding:1rem var(--side) 2rem;outline:none}
    h1,h2,h3{line-height:1.2;margin:0;text-wrap:balance;overflow-wrap:anywhere}
    h1{font-size:clamp(1.6rem,1.2rem + 1.6vw,2.5rem);letter-spacing:-.02em}
    h1:focus{outline:none}
    h2{font-size:1.4rem;letter-spacing:-.01em;margin-bottom:1rem}
    h3{font-size:1.05rem}
    p{margin:0 0 .75rem;max-width:72ch}
    small{font-size:.8125rem;color:var(--muted)}
    a{color:var(--accent);text-underline-offset:.15em}
    bdi{overflow-wrap:anywhere}
    th bdi,label bdi,dialog h2 bdi{display:-webkit-inline-box;-webkit-box-orient:vertical;-webkit-line-clamp:3;overflow:hidden;vertical-align:bottom}
    code,pre{font:.875em/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
    pre{overflow-x:auto;padding:.75rem 1rem;background:var(--track);border-radius:.5rem}
    section{margin-top:3.5rem}
    :focus-visible{outline:3px solid var(--accent);outline-offset:2px;border-radius:.25rem}
    [hidden]{display:none!important}
    .unseen{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
    .skip{position:absolute;left:1rem;top:-4rem;z-index:20;padding:.5rem 1rem;background:var(--card)}
    .skip:focus{top:.5rem}
    .muted{color:var(--muted)}
    .figure,.figures td{text-align:right;font-variant-numeric:tabular-nums}
    @media(scripting:enabled){.plain{display:none!important}}
    @media(scripting:none){.scripted{display:none!important}}

    .top{position:sticky;top:0;z-index:10;display:flex;align-items:center;gap:1.5rem;padding:.5rem var(--side);background:var(--card);border-bottom:1px solid var(--line)}
    .brand{display:flex;align-items:center;gap:.5rem;font-weight:650;color:var(--ink);text-decoration:none}
    .top nav{display:flex;gap:.25rem;overflow-x:auto;scrollbar-width:none;min-width:0}
    .top nav a{padding:.4rem .6rem;color:var(--muted);text-decoration:none;white-space:nowrap;border-radius:.4rem}
    .top nav a:hover{color:var(--ink);background:var(--track)}
    #live{margin:0 0 0 auto;color:var(--muted);font-size:.875rem;white-space:nowrap;overflow:hidden;text-overflow:ellipsis;min-width:0;flex:0 1 24rem;text-align:right}

    button,.button{display:inline-flex;align-items:center;justify-content:center;min-height:2.5rem;padding:.4rem 1rem;border:1px solid var(--edge);border-radius:.5rem;background:var(--card);color:var(--ink);font:inherit;text-decoration:none;cursor:pointer}
    button:hover,.button:hover{border-color:var(--accent);color:var(--accent)}
    button:disabled{opacity:.6;cursor:default}
    button.main{background:var(--accent);border-color:var(--accent);color:var(--on-accent);font-weight:600}
    button.main:hover{color:var(--on-accent);filter:brightness(1.1)}
    button.small{min-height:2rem;padding:.15rem .6rem;font-size:.875rem;white-space:nowrap}
    input,select{min-height:2.5rem;width:100%;padding:.35rem .6rem;border:1px solid var(--edge);border-radius:.5rem;background:var(--card);color:var(--ink);font:inherit}
    input::placeholder{color:var(--muted);opacity:1}
    input[type=checkbox]{min-height:0;width:1.1rem;height:1.1rem;margin:0;accent-color:var(--accent);flex:none}
    fieldset{border:0;margin:1.25rem 0 0;padding:1rem 0 0;border-top:1px solid var(--line);min-width:0}
    legend{font-weight:600;padding:0 .5rem 0 0}
    summary{cursor:pointer;padding:.35rem 0;color:var(--accent)}
    .panel,.card,.picture,.fit{background:var(--card);border:1px solid var(--line);border-radius:.75rem}
    .panel{padding:1rem 1.25rem;margin:0}
    .fields{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,13rem),1fr));gap:1rem}
    .field{display:flex;flex-direction:column;gap:.25rem;min-width:0}
    .field label,.label{font-size:.875rem;font-weight:600;overflow-wrap:anywhere}

    .fit{padding:.75rem 1rem}
    .fit.large{padding:clamp(1rem,4vw,3rem);text-align:center}
    .fit.large h1{margin:0 auto 1.5rem;max-width:24ch}
    .fit.large details{text-align:left}
    .drop{display:grid;border-radius:.5rem}
    .drop>*{grid-area:1/1}
    .choose{display:flex;flex-wrap:wrap;align-items:center;gap:.75rem 1rem;min-width:0}
    .progress{display:grid;grid-template-columns:minmax(0,1fr) minmax(4rem,16rem) auto;align-items:center;gap:.25rem 1rem;min-width:0}
    .large .drop{padding:clamp(1rem,4vw,3rem);border:2px dashed var(--edge)}
    .large .choose{justify-content:center}
    .lead{display:flex;flex-direction:column;font-weight:600}
    .lead small{font-weight:400}
    .choose input[type=file]{width:auto;max-width:100%;flex:0 1 auto;border:0;padding:.35rem 0;background:none}
    input::file-selector-button{min-height:2.25rem;padding:.3rem 1rem;margin-inline-end:.75rem;border:1px solid var(--accent);border-radius:.5rem;background:var(--accent);color:var(--on-accent);font:inherit;font-weight:600;cursor:pointer}
    .busy .choose{visibility:hidden}
    .progress p{margin:0;max-width:none;font-variant-numeric:tabular-nums;white-space:nowrap;overflow:hidden;text-overflow:ellipsis}
    progress{width:100%;height:.6rem;accent-color:var(--accent)}
    .over .drop{background:var(--soft);outline:3px dashed var(--accent);outline-offset:4px}
    #options[open] summary{margin-bottom:.75rem}
    .checks{display:flex;flex-wrap:wrap;gap:.5rem 1.25rem;margin-bottom:1rem}
    .checks .label{width:100%}
    .checks label{display:flex;align-items:center;gap:.5rem;min-height:1.75rem;overflow-wrap:anywhere}
    #again>button{margin:1rem 1rem 0 0}

    .overview{display:grid;grid-template-columns:minmax(0,1fr) minmax(0,36rem);gap:2rem;align-items:start;margin-top:2rem}
    .place{color:var(--muted);margin:.4rem 0 1.25rem}
    .summary{font-size:1.1rem}
    .tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(8.5rem,1fr));gap:1px;margin:1.5rem 0;background:var(--line);border:1px solid var(--line);border-radius:.75rem;overflow:hidden}
    .tiles div{padding:.75rem 1rem;background:var(--card)}
    .tiles dt{font-size:.8125rem;color:var(--muted)}
    .tiles dd{margin:0;font-size:1.35rem;font-weight:600;font-variant-numeric:tabular-nums;white-space:nowrap}
    .tiles small{font-weight:400}
    .strip{display:block;width:100%;height:20px;border-radius:.4rem;margin-bottom:.75rem}
    .strip rect{stroke:var(--ground);stroke-width:2}
    .legend{list-style:none;margin:0;padding:0;display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,17rem),1fr));gap:.1rem 1.5rem}
    .legend a{display:flex;gap:.5rem;align-items:center;padding:.3rem 0;color:inherit;text-decoration:none;min-width:0}
    .legend a:hover bdi{text-decoration:underline}
    .legend bdi{min-width:0;overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
    .share{margin-left:auto;color:var(--muted);font-variant-numeric:tabular-nums;white-space:nowrap}
    .mark{width:1.15rem;height:1.15rem;flex:none}
    .notes{margin:1.25rem 0 0;padding:.75rem 1rem .75rem 2rem;border-left:4px solid var(--warn);background:var(--card);border-radius:.25rem}
    .notes li{margin:.25rem 0;max-width:72ch}
    .axes{display:grid;grid-template-columns:auto 1fr auto 1fr;gap:.5rem .75rem;align-items:center;margin-top:.75rem;font-size:.875rem}

    .cards{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,22rem),1fr));gap:1.25rem}
    .card{padding:1.25rem;display:flex;flex-direction:column;gap:.75rem;scroll-margin-top:5rem}
    .card p{margin:0}
    .card header{display:flex;gap:.6rem;align-items:flex-start}
    .card header .mark{margin-top:.05rem}
    .card h3{flex:1 1 auto;min-width:0;display:-webkit-box;-webkit-box-orient:vertical;-webkit-line-clamp:3;overflow:hidden}
    .goal{flex:none;padding:.1rem .6rem;border-radius:1rem;background:var(--soft);color:var(--accent);font-size:.8125rem;font-weight:600}
    .size{display:flex;align-items:baseline;gap:.3rem;color:var(--muted)}
    .size b{font-size:1.6rem;line-height:1.1;color:var(--ink);font-variant-numeric:tabular-nums}
    .size span{margin-left:auto;font-variant-numeric:tabular-nums}
    .bar,.deviation{display:block;width:100%;background:var(--track);border-radius:3px;overflow:hidden}
    .bar{height:6px}.bar rect{height:6px}.deviation rect{y:2px;height:6px}.strip rect{height:20px}
    .deviation{height:10px;background:linear-gradient(var(--edge),var(--edge)) 50% 0/1.5px 100% no-repeat,linear-gradient(var(--track),var(--track)) 0 50%/100% 6px no-repeat;border-radius:0}
    .who{font-size:1.02rem}
    .means{width:100%;border-collapse:collapse;font-size:.9rem;table-layout:fixed}
    .means th{font-weight:400;text-align:left;color:var(--muted);padding:.15rem .5rem .15rem 0;vertical-align:middle;overflow:hidden}
    .means td{padding:.15rem 0;border:0;vertical-align:middle}
    .means td.figure{width:5.5rem;padding-right:.75rem;white-space:nowrap;overflow:hidden;text-overflow:ellipsis}
    .means td:last-child{width:30%}
    .more{font-size:.8125rem}
    .facts,.actions{display:grid;grid-template-columns:auto minmax(0,1fr);gap:.4rem 1rem;margin:0;font-size:.9rem}
    dt{color:var(--muted)}
    dd{margin:0;min-width:0;overflow-wrap:anywhere}
    .facts code+small{display:block}
    .card details{font-size:.9rem}
    .card details p{margin:.5rem 0}
    .links{display:flex;flex-wrap:wrap;gap:.5rem 1.25rem;align-items:center}
    .card .links{margin-top:auto}
    section>.links{margin-top:1rem}

    .pictures{columns:30rem;column-gap:1.25rem;margin-top:1.25rem}
    .picture{margin:0;break-inside:avoid;padding:.25rem;overflow:hidden}
    .pictures .picture{margin-bottom:1.25rem}
    .picture img{display:block;width:100%;height:auto}
    .expected img{aspect-ratio:1;object-fit:contain;object-position:0 0}
    figcaption{display:flex;flex-wrap:wrap;gap:.1rem 1rem;padding:.35rem .9rem .5rem;font-size:.8125rem;color:var(--muted)}
    figcaption span:first-child{flex:1 1 auto}

    .reason{font-size:1.05rem;max-width:80ch}
    .wide{position:relative;overflow-x:auto;margin-bottom:1.25rem}
    table{border-collapse:collapse;width:100%;font-size:.9375rem}
    caption{text-align:left;font-weight:600;padding-bottom:.5rem}
    thead th{font-size:.8125rem;color:var(--muted);font-weight:600;vertical-align:bottom}
    th,td{padding:.4rem .75rem .4rem 0;text-align:left;border-bottom:1px solid var(--line);vertical-align:top}
    th.figure,.figures thead th:not(:first-child){text-align:right}
    tbody th{font-weight:500}
    .wide tbody th{min-width:7.5rem}
    .wide .figure,.figures td{white-space:nowrap}
    tbody tr:last-child>*{border-bottom:0}
    .means tr>*{border-bottom:0}
    .figures{max-width:64rem}
    .chosen>*{background:var(--soft)}
    .chosen>:first-child{font-weight:650;padding-left:.5rem}
    .vote{color:var(--good)}
    .vote::before{content:"✓ "}
    .halves{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,28rem),1fr));gap:1.25rem;align-items:start}
    .halves>*{margin:0}
    .halves+.wide{margin-top:1.25rem}
    .figure+td,.figure+th{padding-left:1rem}
    .verdict{display:inline-block;padding:.1rem .6rem;margin-right:.25rem;border-radius:1rem;background:var(--soft);color:var(--good)}
    .verdict.drifting{color:var(--warn)}
    .verdict.changed{color:var(--bad)}
    .groups{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,16rem),1fr));gap:1.25rem}
    .groups ul{list-style:none;margin:.5rem 0 0;padding:0}
    .groups li{display:flex;justify-content:space-between;gap:1rem;padding:.3rem 0}
    .groups small{text-align:right}
    #assign-form{display:grid;gap:1.25rem}
    #assign-form button{justify-self:start}
    #assigned{display:block;min-height:5.5rem;padding:.75rem 1rem;background:var(--track);border-radius:.5rem;color:var(--muted)}
    #assigned strong{color:var(--ink);font-size:1.15rem}
    #assigned .mark{vertical-align:-.15em;margin-right:.4rem}
    .steps{max-width:60rem;margin:2.5rem auto 0}
    .steps ol{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,16rem),1fr));gap:1.5rem;list-style-position:inside;padding:0}
    footer{margin-top:4rem;padding-top:1rem;border-top:1px solid var(--line);color:var(--muted);font-size:.875rem;overflow-wrap:anywhere}

    dialog{width:min(72rem,calc(100vw - 1.5rem));max-height:min(56rem,calc(100dvh - 1.5rem));padding:0;border:1px solid var(--line);border-radius:.75rem;background:var(--card);color:var(--ink)}
    dialog[open]{display:flex;flex-direction:column}
    dialog::backdrop{background:rgb(0 0 0/.5)}
    dialog>header{display:flex;gap:.75rem;align-items:center;padding:1rem 1.25rem;border-bottom:1px solid var(--line)}
    dialog h2{margin:0;flex:1;font-size:1.2rem}
    dialog>form{display:grid;grid-template-columns:minmax(10rem,1fr) auto;gap:.75rem;padding:.75rem 1.25rem}
    dialog>form select{width:auto}
    dialog>.scroll{overflow:auto;padding:0 1.25rem;flex:1 1 auto;min-height:8rem}
    dialog>footer p{margin:0;flex:1 1 8rem;max-width:none}
    dialog>footer{margin:0;padding:.75rem 1.25rem;display:flex;flex-wrap:wrap;gap:.75rem 1.25rem;align-items:center}
    dialog thead th{position:sticky;top:0;background:var(--card);z-index:1}
    dialog th bdi{overflow-wrap:normal}
    dialog th{white-space:nowrap;max-width:12rem;overflow:hidden;text-overflow:ellipsis}
    dialog td{white-space:nowrap;max-width:20rem;overflow:hidden;text-overflow:ellipsis}
    #customers .scroll{height:60dvh}
    #problem{width:min(40rem,calc(100vw - 1.5rem))}
    #problem .scroll{padding-block:1rem}
    #problem li{overflow-wrap:anywhere}

    @media(max-width:63rem){.overview{grid-template-columns:minmax(0,1fr)}}
    @media(min-width:120rem){.overview{grid-template-columns:minmax(0,1fr) minmax(0,44rem)}}
    @media(max-width:40rem){.top{flex-wrap:wrap;gap:.25rem 1rem}.top nav{order:3;width:100%}.top nav a{padding:.35rem .5rem}.panel{padding:1rem}section{margin-top:2.5rem}.axes{grid-template-columns:auto 1fr}figcaption span:first-child{flex-basis:100%}.progress{grid-template-columns:minmax(0,1fr) auto}.progress p{grid-column:1/-1}dialog>form{grid-template-columns:minmax(0,1fr)}dialog>form select{width:100%}html{scroll-padding-top:6rem}#live{flex:1 1 0}}
    @media(prefers-reduced-motion:no-preference){html{scroll-behavior:smooth}button,.button{transition:border-color .15s,color .15s}}
    @media(forced-colors:active){.bar rect,.deviation rect,.strip rect,.mark path{forced-color-adjust:none}}
    @media print{.top,.fit,#assign,#connect,.links,.axes,.skip{display:none!important}body{background:#fff}.card,.picture,.panel{break-inside:avoid}}
    """
}
