// All four services' OpenAPI on one page, with no asset from another host.
"use strict";
const services = {
  ticketing: "工单 ticketing",
  billing: "收费 billing",
  kpi: "考核 kpi",
  notify: "通知 notify",
};

async function show() {
  const wanted = location.hash.slice(1).split("/")[0];
  const name = wanted in services ? wanted : "ticketing";
  const nav = document.getElementById("services");
  nav.replaceChildren(...Object.entries(services).map(([service, title]) => {
    const link = document.createElement("a");
    link.href = "#" + service;
    link.textContent = title;
    if (service === name) link.setAttribute("aria-current", "page");
    return link;
  }));
  const answer = await fetch("/" + name + "/openapi.json");
  const main = document.getElementById("ui");
  if (!answer.ok) {
    main.textContent = name + ": " + answer.status;
    return;
  }
  const spec = await answer.json();
  // The bundled Swagger UI knows OpenAPI 3.0; what 3.1 adds to our documents it shows correctly under that name.
  spec.openapi = "3.0.3";
  SwaggerUIBundle({ spec, domNode: main, deepLinking: false, docExpansion: "list", validatorUrl: null });
}

addEventListener("hashchange", show);
show();
