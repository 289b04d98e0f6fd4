"use strict";
// The chart above the tables. Numbers for people come as texts from the server; they are only drawn here.
(() => {
  const source = document.getElementById("cu-chart-data");
  const frame = document.querySelector("[data-chart-frame]");
  const period = document.getElementById("id_period");
  const days = ["id_start", "id_end"].map((id) => document.getElementById(id));

  // Days are asked for only where the period is one of the reader's choice.
  function showDays() {
    days.forEach((item) => { item.closest(".cu-field").hidden = period.value !== "custom"; });
  }
  if (period) {
    period.addEventListener("change", showDays);
    showDays();
  }
  if (!source || !frame || !window.Chart) { return; }

  const { colour, dashes, hue } = window.drawing;
  const FEW = 45;
  const data = JSON.parse(source.textContent);
  const language = document.documentElement.lang || "en";
  const short = new Intl.DateTimeFormat(language, { day: "numeric", month: "short", timeZone: "UTC" });
  const long = new Intl.DateTimeFormat(language, { dateStyle: "long", timeZone: "UTC" });
  const withYear = new Intl.DateTimeFormat(language, { month: "short", year: "numeric", timeZone: "UTC" });
  const dayOf = (text) => new Date(`${text}T00:00:00Z`);
  const isLong = data.days.length > 200;

  function lines() {
    return data.lines.map((line, index) => ({
      label: line.name,
      data: line.drawn.map((text) => (text === null ? null : Number(text))),
      borderColor: hue(index),
      backgroundColor: hue(index),
      borderDash: dashes(Math.floor(index / 2)),
      borderWidth: 2,
      pointRadius: data.days.length > FEW ? 0 : 2.5,
      pointHitRadius: 12,
      spanGaps: true,
      tension: 0,
    }));
  }

  function options() {
    const text = colour("--ag-text-quiet"), grid = colour("--ag-line");
    return {
      animation: false,
      maintainAspectRatio: false,
      interaction: { mode: "index", intersect: false },
      locale: language,
      plugins: {
        legend: { display: data.lines.length > 1, labels: { color: colour("--ag-text"), usePointStyle: true, pointStyle: "line" } },
        tooltip: {
          callbacks: {
            title: (items) => long.format(dayOf(data.days[items[0].dataIndex])),
            label: (item) => `${item.dataset.label}: ${data.lines[item.datasetIndex].shown[item.dataIndex]}`,
          },
        },
      },
      scales: {
        x: {
          grid: { display: false },
          border: { color: grid },
          ticks: {
            color: text, maxRotation: 0, autoSkipPadding: 24,
            callback: (_value, index) => (isLong ? withYear : short).format(dayOf(data.days[index])),
          },
        },
        y: { grid: { color: grid }, border: { display: false }, ticks: { color: text, maxTicksLimit: 7 } },
      },
    };
  }

  frame.hidden = false;
  const chart = new window.Chart(frame.querySelector("canvas"), {
    type: "line",
    data: { labels: data.days, datasets: lines() },
    options: options(),
  });

  function swatches() {
    chart.data.datasets.forEach((line, index) => {
      const mark = document.querySelector(`[data-swatch="${index}"]`);
      mark.dataset.drawn = "";
      mark.style.borderTopColor = line.borderColor;
      mark.style.borderTopStyle = line.borderDash.length ? "dashed" : "solid";
    });
  }
  swatches();
  document.querySelector("[data-chart-numbers]").open = false;

  new MutationObserver(() => {
    chart.data.datasets = lines();
    chart.options = options();
    chart.update("none");
    swatches();
  }).observe(document.documentElement, { attributeFilter: ["class"] });
})();
