// Draws the figures in the page, which are JSON, in the colours of the reader's system, and again when those change.
'use strict';
(() => {
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const levels = {
    light: ['#fbfcfd', '#eff3f7', '#e2e9f0', '#d3dee8', '#c3d1de', '#b2c3d3'],
    dark: ['#10151b', '#151d26', '#1b2631', '#22303d', '#293a49', '#314556'],
  };
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

  function coloured(trace, _, [first]) {
    const { run, label, edge } = trace.meta;
    if (edge) {
      Object.assign(trace, { x: first.x, y: first.y, z: first.z });
      trace.line = { width: 2, color: colour('--text') };
    } else if (label !== undefined) {
      trace.marker = { ...trace.marker, color: colour(`--r${label % 8}`), line: { width: 1, color: colour('--panel') } };
    } else if (trace.type === 'contour' || trace.type === 'heatmap') {
      const steps = dark.matches ? levels.dark : levels.light;
      trace.colorscale = steps.map((each, n) => [n / (steps.length - 1), each]);
      trace.line = { width: 0.75, color: dark.matches ? 'rgba(255,255,255,0.10)' : 'rgba(30,60,90,0.16)' };
    } else {
      const own = run < 0 ? colour('--muted') : colour(`--r${run}`);
      if (trace.line) trace.line = { ...trace.line, color: own };
      trace.marker = { ...trace.marker, color: own };
    }
    return trace;
  }

  /** The text that an element holds compressed, in base64. */
  async function unpacked(id) {
    const packed = Uint8Array.from(atob(document.getElementById(id).textContent), (one) => one.charCodeAt(0));
    return new Response(new Blob([packed]).stream().pipeThrough(new DecompressionStream('gzip'))).text();
  }

  const fitted = new WeakSet();

  async function draw() {
    for (const place of document.querySelectorAll('.plot')) {
      const figure = JSON.parse(await unpacked(`${place.id}-data`));
      const axis = { gridcolor: colour('--border'), linecolor: colour('--border'), zeroline: false, automargin: true };
      const { xaxis, yaxis } = figure.layout;
      const layout = {
        paper_bgcolor: 'rgba(0,0,0,0)',
        plot_bgcolor: 'rgba(0,0,0,0)',
        font: { family: getComputedStyle(document.body).fontFamily, size: 13, color: colour('--text') },
        margin: { l: 56, r: 12, t: 8, b: 44 },
        legend: { orientation: 'h', x: 0, y: 1.02, yanchor: 'bottom' },
        hoverlabel: { namelength: -1 },
        xaxis: { ...axis, ...xaxis },
        // Plotly may never settle on the margin and the ticks of a logarithmic axis.
        yaxis: { ...axis, automargin: yaxis?.type !== 'log', exponentformat: 'power', ...yaxis },
      };
      const config = { displaylogo: false, responsive: true, showSendToCloud: false, showTips: false };
      const drawn = Plotly.react(place, figure.data.map(coloured), layout, config);
      drawn.then(() => fitToPaper(place));
    }
  }

  /** Lets a printed page scale what is drawn for the screen: paper is narrower, and Plotly draws nothing anew for it. */
  function fitToPaper(place) {
    const fit = () => {
      for (const svg of place.querySelectorAll('.main-svg')) {
        svg.setAttribute('viewBox', `0 0 ${svg.getAttribute('width')} ${svg.getAttribute('height')}`);
      }
    };
    fit();
    if (fitted.has(place)) return;
    fitted.add(place);
    place.on('plotly_afterplot', fit);
  }

  /** Runs plotly.js, which the file holds compressed; the policy knows its hash. */
  async function load() {
    const script = document.createElement('script');
    script.textContent = await unpacked('library');
    document.head.append(script);
  }

  load().then(() => {
    draw();
    dark.addEventListener('change', draw);
  });
})();
