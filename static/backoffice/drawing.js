"use strict";
// What every chart is drawn with: hues that tell lines apart by light and in the dark, dashes, and the theme's colours.
window.drawing = (() => {
  const HUES = [["#1d4ed8", "#93b4ff"], ["#b45309", "#f5b25e"], ["#0f766e", "#5fd3c4"], ["#9d174d", "#f59bc0"],
    ["#6d28d9", "#c4a7ff"], ["#4d7c0f", "#b5d96b"], ["#475569", "#a8b5c8"], ["#b91c1c", "#f7a3a3"]];
  const DASHES = [[], [8, 4], [2, 3], [12, 4, 2, 4]];
  const isDark = () => document.documentElement.classList.contains("dark");

  // A canvas knows no variables, and Chart.js no oklch: each colour is painted once and read back.
  const brush = document.createElement("canvas");
  brush.width = brush.height = 1;
  const pen = brush.getContext("2d", { willReadFrequently: true });
  function colour(name) {
    pen.clearRect(0, 0, 1, 1);
    pen.fillStyle = getComputedStyle(document.documentElement).getPropertyValue(name).trim();
    pen.fillRect(0, 0, 1, 1);
    const [red, green, blue] = pen.getImageData(0, 0, 1, 1).data;
    return `rgb(${red}, ${green}, ${blue})`;
  }
  return { colour, most: HUES.length, hue: (index) => HUES[index % HUES.length][Number(isDark())], dashes: (index) => DASHES[index % DASHES.length] };
})();
