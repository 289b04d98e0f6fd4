"use strict";

// Draws the OpenAPI document, and gives the writes that somebody tries the CSRF token of their session.
(() => {
  const place = document.getElementById("docs");
  const token = () => {
    const found = document.cookie.split("; ").find((item) => item.startsWith(`${place.dataset.cookie}=`));
    return found ? decodeURIComponent(found.slice(place.dataset.cookie.length + 1)) : "";
  };
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const paint = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
  paint();
  dark.addEventListener("change", paint);
  SwaggerUIBundle({
    url: place.dataset.schema,
    domNode: place,
    presets: [SwaggerUIBundle.presets.apis],
    layout: "BaseLayout",
    validatorUrl: null,
    docExpansion: "none",
    defaultModelsExpandDepth: 0,
    displayRequestDuration: true,
    filter: true,
    tagsSorter: "alpha",
    requestInterceptor: (request) => {
      if (!request.loadSpec && !["GET", "HEAD"].includes(String(request.method).toUpperCase())) {
        request.headers["X-CSRFToken"] = token();
      }
      return request;
    },
  });
})();
