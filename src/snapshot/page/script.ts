/**
 * The only script of the page: a search, and a warning if the page is old. All data is in the page, and it reads without
 * the script. The policy of the page names it by its hash.
 */
export const SCRIPT = `'use strict';
(() => {
  const old = document.getElementById('old');
  const at = Date.parse(document.querySelector('time').dateTime);
  const look = () => {
    const hours = Math.floor((Date.now() - at) / 36e5);
    old.hidden = hours < 3;
    old.textContent = 'This page is ' + (hours < 48 ? hours + ' hours' : Math.floor(hours / 24) + ' days') +
      ' old: the certificates may be in another state now.';
  };
  look();
  setInterval(look, 6e4);
  const form = document.querySelector('.search');
  if (form === null) return;
  const input = form.querySelector('input');
  const count = form.querySelector('output');
  const lists = [...document.querySelectorAll('.rows')];
  const rows = [...document.querySelectorAll('.row')];
  let texts;
  const search = () => {
    texts ??= rows.map((row) => row.textContent.toLowerCase());
    const words = input.value.toLowerCase().split(/\\s+/);
    let shown = 0;
    rows.forEach((row, index) => {
      const isShown = words.every((word) => texts[index].includes(word));
      if (row.hidden === isShown) row.hidden = !isShown;
      if (isShown) shown += 1;
    });
    const isAll = shown === rows.length;
    document.body.classList.toggle('searched', !isAll);
    for (const list of lists) list.hidden = !isAll && list.querySelector('.row:not([hidden])') === null;
    count.textContent = shown + ' of ' + rows.length;
  };
  form.hidden = false;
  form.addEventListener('submit', (event) => event.preventDefault());
  input.addEventListener('input', search);
})();
`;
