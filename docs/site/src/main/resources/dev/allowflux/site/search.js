// Searches the sections in search-index.js: every word must begin a word of a section.
"use strict";
(() => {
  const root = document.body.dataset.root;
  const query = document.getElementById("query");
  const results = document.getElementById("results");
  const pages = document.getElementById("pages");
  const most = 12;

  // The list of pages is open beside the text, and folded above it on a narrow screen.
  const wide = window.matchMedia("(min-width: 56.01rem)");
  const fold = () => { pages.open = wide.matches; };
  wide.addEventListener("change", fold);
  fold();

  const words = (text) => text.toLowerCase().match(/[\p{L}\p{N}_]+/gu) || [];
  const sections = window.searchIndex.map(([address, page, heading, text]) => ({
    address, page, heading, text,
    pageWords: words(page), headingWords: words(heading), textWords: words(text),
  }));

  const weight = (list, word) =>
    list.includes(word) ? 2 : list.some((other) => other.startsWith(word)) ? 1 : 0;

  function find(text) {
    const asked = words(text);
    if (asked.length === 0) {
      return [];
    }
    const found = [];
    for (const section of sections) {
      let score = 0;
      const all = asked.every((word) => {
        const here = 8 * weight(section.headingWords, word)
          + 4 * weight(section.pageWords, word) + weight(section.textWords, word);
        score += here;
        return here > 0;
      });
      if (all) {
        found.push({ section, score });
      }
    }
    return found.sort((a, b) => b.score - a.score).map((each) => each.section);
  }

  function excerpt(section, asked) {
    const lower = section.text.toLowerCase();
    const places = asked.map((word) => lower.indexOf(word)).filter((place) => place >= 0);
    const start = Math.max(0, Math.min(...places, lower.length) - 60);
    const begin = places.length === 0 || start === 0 ? 0 : section.text.indexOf(" ", start) + 1;
    const text = section.text.slice(begin, begin + 200);
    const line = document.createElement("p");
    const pattern = new RegExp("(" + asked.map((w) => w.replace(/[^\p{L}\p{N}_]/gu, "")).join("|") + ")", "giu");
    text.split(pattern).forEach((part, index) => {
      const node = document.createElement(index % 2 === 1 ? "mark" : "span");
      node.textContent = part;
      line.append(node);
    });
    return line;
  }

  function show() {
    const asked = words(query.value);
    const found = find(query.value);
    results.replaceChildren();
    results.hidden = asked.length === 0;
    if (asked.length > 0 && found.length === 0) {
      const none = document.createElement("p");
      none.textContent = "Nothing holds all of these words.";
      results.append(none);
    }
    for (const section of found.slice(0, most)) {
      const link = document.createElement("a");
      link.href = root + section.address;
      link.textContent = section.heading === section.page
        ? section.page : section.page + " › " + section.heading;
      link.addEventListener("click", () => { results.hidden = true; });
      results.append(link, excerpt(section, asked));
    }
  }

  query.addEventListener("input", show);
  document.getElementById("search").addEventListener("submit", (event) => {
    event.preventDefault();
    show();
    const first = results.querySelector("a");
    if (first) {
      first.click();
    }
  });
})();
