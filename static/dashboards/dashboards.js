"use strict";
// Draws the charts of a dashboard from the tables below them, and asks again when another period is chosen.
(() => {
  const { colour, dashes, hue, most } = window.drawing;
  const charts = new Map();
  const language = document.documentElement.lang || "en";

  function numbersOf(frame) {
    const table = frame.parentElement.querySelector("[data-numbers] table");
    const names = [...table.querySelectorAll("thead th")].slice(1).map((head) => head.textContent.trim());
    const rows = [...table.querySelectorAll("tbody tr")];
    return {
      labels: rows.map((row) => row.querySelector("th").textContent.trim()),
      links: rows.map((row) => row.querySelector("th a")?.href || ""),
      series: names.map((name, place) => ({
        name,
        values: rows.map((row) => row.querySelectorAll("td")[place].dataset.value)
          .map((text) => (text === "" ? null : Number(text))),
        texts: rows.map((row) => row.querySelectorAll("td")[place].textContent.trim()),
      })),
    };
  }

  // Layers of one hue could not be told apart: those beyond the hues are one. The table has them all.
  function folded(data, other) {
    if (data.series.length <= most) { return data; }
    const rest = data.series.slice(most - 1);
    const values = data.labels.map((_label, place) => rest.reduce((sum, line) => sum + (line.values[place] ?? 0), 0));
    const texts = values.map((value) => value.toLocaleString(language));
    return { ...data, series: [...data.series.slice(0, most - 1), { name: other, values, texts }] };
  }

  function lines(kind, data) {
    if (kind === "doughnut") {
      return data.series.slice(0, 1).map((line) => ({
        data: line.values, backgroundColor: line.values.map((_value, index) => hue(index)),
        borderColor: colour("--ag-ground"), borderWidth: 2,
      }));
    }
    return data.series.map((line, index) => ({
      label: line.name, data: line.values, backgroundColor: hue(index), borderColor: hue(index), borderWidth: kind === "line" ? 2 : 0,
      borderDash: kind === "line" ? dashes(index) : [], pointRadius: data.labels.length > 40 ? 0 : 2.5,
      pointHitRadius: 12, maxBarThickness: 36, tension: 0,
    }));
  }

  function options(kind, data) {
    const text = colour("--ag-text-quiet"), grid = colour("--ag-line"), isRing = kind === "doughnut";
    const axes = {
      x: { stacked: kind === "stacked", grid: { display: false }, border: { color: grid }, ticks: { color: text, maxRotation: 0, autoSkipPadding: 16 } },
      y: { stacked: kind === "stacked", beginAtZero: true, grid: { color: grid }, border: { display: false }, ticks: { color: text, maxTicksLimit: 6, precision: 0 } },
    };
    return {
      animation: false, maintainAspectRatio: false, locale: language, scales: isRing ? {} : axes,
      interaction: isRing ? { mode: "nearest", intersect: true } : { mode: "index", intersect: false },
      onClick: (_event, hit) => { const link = hit.length && data.links[hit[0].index]; if (link) { window.location.assign(link); } },
      plugins: {
        legend: { display: isRing || data.series.length > 1, position: isRing ? "right" : "bottom", labels: { color: colour("--ag-text"), boxWidth: 14 } },
        tooltip: { callbacks: { label: (item) => `${isRing ? item.label : item.dataset.label}: ${data.series[item.datasetIndex].texts[item.dataIndex]}` } },
      },
    };
  }

  function draw(frame) {
    const kind = frame.dataset.drawing, canvas = frame.querySelector("canvas");
    const data = kind === "stacked" ? folded(numbersOf(frame), frame.dataset.other) : numbersOf(frame);
    frame.hidden = false;
    charts.get(canvas)?.destroy();
    charts.set(canvas, new window.Chart(canvas, {
      type: kind === "stacked" ? "bar" : kind,
      data: { labels: data.labels, datasets: lines(kind, data) },
      options: options(kind, data),
    }));
    frame.dataset.drawn = "";
  }

  function drawIn(place) {
    for (const [canvas, chart] of charts) {
      if (!canvas.isConnected) { chart.destroy(); charts.delete(canvas); }
    }
    if (!window.Chart) { return; }
    for (const frame of place.querySelectorAll("[data-chart]:not([data-drawn])")) {
      draw(frame);
      frame.parentElement.querySelector("[data-numbers]").open = false;
    }
  }

  document.addEventListener("change", (event) => {
    const form = event.target.closest("[data-ask]");
    if (!form || event.target.type === "date") { return; }
    const isCustom = form.querySelector("[name=period]").value === "custom";
    const other = event.target.hasAttribute("data-other");
    form.querySelector("[data-days]").hidden = !isCustom;
    if (!isCustom && other) {
      // Another dashboard begins with its own period.
      for (const input of form.querySelectorAll("[name=period], [name=start], [name=end]")) { input.disabled = true; }
    }
    if (!isCustom || other) { form.requestSubmit(); }
  });
  // A card is swapped for itself, and what came in its place is no longer the event's own element.
  document.addEventListener("htmx:afterSettle", () => drawIn(document));
  for (const kind of ["htmx:responseError", "htmx:sendError"]) {
    document.addEventListener(kind, (event) => {
      const waiting = event.target.querySelector?.("[data-loading]");
      if (waiting) { waiting.hidden = true; }
    });
  }
  new MutationObserver(() => {
    document.querySelectorAll("[data-chart][data-drawn]").forEach((frame) => draw(frame));
  }).observe(document.documentElement, { attributeFilter: ["class"] });
  drawIn(document);
})();
