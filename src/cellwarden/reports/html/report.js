(() => {
  "use strict";
  const form = document.getElementById("filters");
  const folds = [...document.querySelectorAll("details")];
  let wasOpen = [];
  addEventListener("beforeprint", () => {
    wasOpen = folds.map((one) => one.open);
    folds.forEach((one) => { one.open = true; });
  });
  addEventListener("afterprint", () => {
    folds.forEach((one, place) => { one.open = wasOpen[place]; });
  });
  const reveal = () => {
    const named = location.hash.length > 1 && document.getElementById(location.hash.slice(1));
    const fold = named && named.closest("details");
    if (fold) { fold.open = true; named.scrollIntoView(); }
  };
  addEventListener("hashchange", reveal);
  reveal();
  if (!form) return;
  form.hidden = false;
  const groups = [...document.querySelectorAll("[data-group]")];
  const first = groups.map((one) => one.open);
  const shown = document.getElementById("shown");
  const wanted = () => Object.fromEntries(new FormData(form));
  const text = (node) => node.textContent.toLowerCase();
  const fits = (row, ask) =>
    ["verdict", "severity", "site", "vendor", "topic"].every(
      (key) => !ask[key] || (row.dataset[key] ?? row.closest("details").dataset[key]) === ask[key]) &&
    ((text(row) + text(row.closest("tbody").rows[0])).includes(ask.words) ||
      text(row.closest("details").querySelector("summary")).includes(ask.words));
  const apply = () => {
    const ask = wanted();
    ask.words = (ask.words || "").trim().toLowerCase();
    const asked = Object.values(ask).some(Boolean);
    let count = 0;
    groups.forEach((group, place) => {
      let here = 0;
      group.querySelectorAll("[data-row]").forEach((row) => {
        row.hidden = !fits(row, ask);
        here += row.hidden ? 0 : Number(row.dataset.count);
      });
      group.querySelectorAll("tbody").forEach((body) => {
        body.hidden = [...body.rows].every((row) => row.hidden || !("row" in row.dataset));
      });
      group.hidden = here === 0;
      group.open = asked ? here > 0 : first[place];
      count += here;
    });
    shown.textContent = `${count} shown`;
  };
  form.addEventListener("input", apply);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(apply));
  document.getElementById("unfold").addEventListener("click", () => {
    const shut = groups.some((one) => !one.open && !one.hidden);
    groups.forEach((one) => { one.open = shut; });
  });
})();
