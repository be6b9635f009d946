// The page of one agent: asks every two seconds for the figures and for the rows that are shown. No framework, nothing from elsewhere.
const $ = id => document.getElementById(id);
// The key came in the address; the cookie has it now, and the address need not show it.
history.replaceState(null, '', location.pathname);

const INTERVAL_MS = 2000, WINDOW_MS = 6 * 60e3;
const STATES = {connected: 'connected', stale: 'stale', never: 'never heard of', off: 'switched off', unserved: 'no hub that works'};
let state = null, paused = false, network = null, asked = 0;

const bits = r => r == null ? '–' : scaled(r * 8, 1000, ['bit/s', 'kbit/s', 'Mbit/s', 'Gbit/s', 'Tbit/s']);
const bytes = n => scaled(n, 1024, ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB']);
const whole = n => n.toLocaleString('en');
function scaled(value, step, units) {
  let unit = 0;
  while (unit < units.length - 1 && value >= step - 0.05) { value /= step; unit++; }
  return value.toFixed(unit ? 1 : 0) + ' ' + units[unit];
}
function age(seconds) {
  if (seconds < 60) return Math.floor(seconds) + ' s';
  if (seconds < 3600) return Math.floor(seconds / 60) + ' min ' + Math.floor(seconds % 60) + ' s';
  if (seconds < 86400) return Math.floor(seconds / 3600) + ' h ' + Math.floor(seconds % 3600 / 60) + ' min';
  return Math.floor(seconds / 86400) + ' d';
}
const short = text => text.slice(0, 8) + '…';
const colour = name => getComputedStyle(document.documentElement).getPropertyValue('--' + name).trim();
const last = list => list.length ? list[list.length - 1] : null;
function element(tag, text, className) {
  const e = document.createElement(tag);
  if (text != null) e.textContent = text;
  if (className) e.className = className;
  return e;
}
function button(text, click) {
  const b = element('button', text);
  b.type = 'button';
  b.onclick = click;
  return b;
}
function two(cell, big, little, title) {
  if (!cell.firstChild) cell.append(element('b'), element('small'));
  cell.className = 'peer';
  cell.firstChild.textContent = big;
  cell.lastChild.textContent = little;
  cell.title = title;
}

/** A table of rows that the agent filters, sorts and cuts: only what is shown is ever here. */
class List {
  constructor(kind, size, columns, fill, order, descending) {
    Object.assign(this, {kind, size, columns, fill, order, descending, offset: 0, rows: new Map()});
    for (const [id, title, sortable, numeric] of columns) {
      const head = element('th', null, numeric ? 'num' : '');
      head.scope = 'col';
      if (sortable) {
        head.id = kind + '-by-' + id;
        head.append(button(title, () => {
          this.descending = this.order === id ? !this.descending : Boolean(numeric);
          this.order = id;
          this.offset = 0;
          refresh();
        }));
      } else {
        head.textContent = title;
        head.className += ' plain';
        if (!title) head.setAttribute('aria-label', 'What can be done');
      }
      $(kind + '-columns').append(head);
    }
    this.back = button('Previous', () => this.turn(-size));
    this.range = element('span');
    this.on = button('Next', () => this.turn(size));
    $(kind + '-pager').append(this.back, this.range, this.on);
    let typing = 0;
    $(kind + '-filter').oninput = () => { clearTimeout(typing); typing = setTimeout(() => this.first(), 150); };
  }
  turn(by) { this.offset = Math.max(0, this.offset + by); refresh(); }
  first() { this.offset = 0; refresh(); }
  query() {
    return {filter: $(this.kind + '-filter').value, order: this.order, descending: this.descending, offset: this.offset, limit: this.size};
  }
  show(answer) {
    this.offset = answer.offset;
    for (const [id, , sortable] of this.columns) {
      if (!sortable) continue;
      if (id === this.order) $(this.kind + '-by-' + id).setAttribute('aria-sort', this.descending ? 'descending' : 'ascending');
      else $(this.kind + '-by-' + id).removeAttribute('aria-sort');
    }
    const rows = new Map(), shown = [];
    for (const one of answer.rows) {
      let row = this.rows.get(one.id); // kept, so that focus and selection stay where they are
      if (!row) {
        const tr = element('tr'), c = {};
        tr.dataset.id = one.id;
        for (const [id, , , numeric] of this.columns) { c[id] = element('td', null, numeric ? 'num' : ''); tr.append(c[id]); }
        row = {tr, c};
      }
      row.port = one;
      rows.set(one.id, row);
      shown.push(row.tr);
      this.fill(row, one);
    }
    this.rows = rows;
    const body = $(this.kind + '-rows');
    for (const tr of [...body.children]) if (!rows.has(tr.dataset.id)) tr.remove();
    shown.forEach((tr, i) => { if (body.children[i] !== tr) body.insertBefore(tr, body.children[i] || null); });
    const until = answer.offset + answer.rows.length;
    this.range.textContent = answer.matching ? whole(answer.offset + 1) + '–' + whole(until) + ' of ' + whole(answer.matching) : '';
    this.back.disabled = answer.offset === 0;
    this.on.disabled = until >= answer.matching;
    $(this.kind + '-pager').hidden = answer.matching <= this.size;
    $('no-' + this.kind + 's').hidden = answer.matching > 0;
    $('no-' + this.kind + 's').textContent = answer.matching ? '' : 'There are none' + ($(this.kind + '-filter').value ? ' that match.' : '.');
  }
}
function rates(c, one) {
  c.rxRate.textContent = bits(one.rxRate);
  c.rxRate.title = bytes(one.rxBytes) + ' since the interface is there';
  c.txRate.textContent = bits(one.txRate);
  c.txRate.title = bytes(one.txBytes) + ' since the interface is there';
}

const hubs = new List('hub', 25, [
  ['name', 'Hub', true], ['state', 'State', true], ['place', 'Namespace', true], ['endpoint', 'Endpoint', false],
  ['spokes', 'Connected', true, true], ['rxRate', 'Received', true, true], ['txRate', 'Sent', true, true], ['look', '', false],
], ({c}, hub) => {
  two(c.name, hub.name || hub.device, hub.name ? hub.device : 'network ' + short(hub.network), hub.id + '\n' + hub.publicKey);
  if (!c.state.firstChild) c.state.append(element('span'), element('span', null, 'error'));
  c.state.firstChild.className = 'state ' + (hub.error ? 'failing' : hub.active ? 'active' : 'off');
  c.state.firstChild.textContent = (hub.active ? 'ACTIVE' : 'DOWN') + ', link ' + (hub.up ? 'up' : 'down');
  c.state.lastChild.textContent = hub.error;
  c.place.textContent = hub.namespace || '–';
  c.endpoint.textContent = hub.endpoint;
  c.spokes.textContent = whole(hub.connected) + ' of ' + whole(hub.spokes);
  rates(c, hub);
  if (!c.look.firstChild) c.look.append(button('Spokes', () => choose(hub)));
}, 'name', false);

const spokes = new List('spoke', 50, [
  ['name', 'Spoke', true], ['state', 'State', true], ['endpoint', 'Endpoint', true], ['handshake', 'Handshake', true, true],
  ['rxRate', 'Received', true, true], ['txRate', 'Sent', true, true], ['allowedIps', 'Allowed IPs', false], ['look', '', false],
], ({c}, spoke) => {
  two(c.name, spoke.name || spoke.id, short(spoke.publicKey), spoke.id + '\n' + spoke.publicKey);
  if (!c.state.firstChild) c.state.append(element('span'));
  c.state.firstChild.className = 'state ' + spoke.state;
  c.state.firstChild.textContent = STATES[spoke.state];
  c.endpoint.textContent = spoke.endpoint || '–';
  c.handshake.textContent = spoke.handshake ? age(Math.max(0, (state.time - spoke.handshake) / 1000)) + ' ago' : 'never';
  c.allowedIps.className = 'ips';
  c.allowedIps.textContent = spoke.allowedIps.slice(0, 4).join(', ') + (spoke.allowedIps.length > 4 ? ' and ' + (spoke.allowedIps.length - 4) + ' more' : '');
  rates(c, spoke);
  if (!c.look.firstChild) c.look.append(button('Configure', () => openDevice(spoke)));
}, 'name', false);

const PATIENCE_MS = 10000; // then nobody answers
async function ask(path, query) {
  const answer = await fetch(path + '?' + new URLSearchParams(query), {cache: 'no-store', signal: AbortSignal.timeout(PATIENCE_MS)});
  if (!answer.ok) throw new Error(answer.status);
  return answer.json();
}
async function refresh() {
  const mine = ++asked;
  try {
    const now = await ask('api/state', {});
    const [hubRows, spokeRows] = await Promise.all([
      ask('api/hubs', hubs.query()), ask('api/spokes', {...spokes.query(), state: $('spoke-state').value, network: network || ''})]);
    $('silent').hidden = true;
    if (mine !== asked) return; // something else has been asked for since
    state = now;
    show();
    hubs.show(hubRows);
    spokes.show(spokeRows);
  } catch (e) {
    if (mine === asked) $('silent').hidden = false;
  }
}
async function turn() {
  if (!paused && !document.hidden) await refresh();
  setTimeout(turn, INTERVAL_MS);
}

function show() {
  const {states} = state;
  document.title = state.host + ' – wg-hub';
  $('host').textContent = state.host;
  $('health').className = 'dot ' + (state.failingHubs ? 'down' : 'up');
  $('facts').textContent = state.failingHubs ? whole(state.failingHubs) + (state.failingHubs === 1 ? ' hub fails' : ' hubs fail') : 'all is well';
  if (state.revision >= 0) $('facts').textContent += ' · revision ' + state.revision;
  $('rx').textContent = bits(last(state.series.rx));
  $('tx').textContent = bits(last(state.series.tx));
  $('rx-total').textContent = bytes(state.rxBytes) + ' in all';
  $('tx-total').textContent = bytes(state.txBytes) + ' in all';
  $('active').textContent = whole(state.activeHubs);
  $('hub-count').textContent = 'of ' + whole(state.hubs);
  $('hub-tile').classList.toggle('alert', state.failingHubs > 0);
  for (const each of ['connected', 'stale', 'never']) $(each).textContent = whole(states[each]);
  $('spoke-count').textContent = 'of ' + whole(state.spokes);
  for (const tile of document.querySelectorAll('button.tile')) tile.setAttribute('aria-pressed', tile.dataset.state === $('spoke-state').value);
  drawThroughput();
}

/** A canvas at the resolution of the screen; the context draws in CSS pixels. */
function prepare(canvas) {
  const ratio = devicePixelRatio || 1, w = canvas.clientWidth, h = canvas.clientHeight;
  if (canvas.width !== Math.round(w * ratio) || canvas.height !== Math.round(h * ratio)) {
    canvas.width = Math.round(w * ratio);
    canvas.height = Math.round(h * ratio);
  }
  const g = canvas.getContext('2d');
  g.setTransform(ratio, 0, 0, ratio, 0, 0);
  g.clearRect(0, 0, w, h);
  g.font = '12px system-ui, "DejaVu Sans", sans-serif';
  return {g, w, h};
}
/** The next of 1, 2, 5, 10, ... */
function ceiling(value) {
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 5, 10].map(n => n * power).find(n => n >= value * 0.9999);
}
function drawThroughput() {
  const {g, w, h} = prepare($('throughput')), {time, rx, tx} = state.series;
  const left = 88, right = 8, top = 10, bottom = 24, end = state.time, begin = end - WINDOW_MS;
  const most = ceiling(Math.max(1000, ...rx.map(r => r * 8), ...tx.map(r => r * 8)));
  const x = t => left + (t - begin) / WINDOW_MS * (w - left - right), y = r => h - bottom - r * 8 / most * (h - top - bottom);
  g.fillStyle = colour('soft');
  g.strokeStyle = colour('line');
  g.textBaseline = 'middle';
  g.textAlign = 'right';
  for (let i = 0; i <= 4; i++) {
    const level = most * i / 4 / 8, at = Math.round(y(level)) + 0.5;
    g.beginPath(); g.moveTo(left, at); g.lineTo(w - right, at); g.stroke();
    g.fillText(i ? bits(level) : '0', left - 8, at);
  }
  g.textBaseline = 'top';
  for (let m = 6; m >= 0; m -= 2) {
    g.textAlign = m === 0 ? 'right' : 'center';
    g.fillText(m ? '−' + m + ' min' : 'now', m === 6 ? x(begin) + 14 : x(end - m * 60e3), h - bottom + 7);
  }
  for (const [list, name] of [[rx, 'rx'], [tx, 'tx']]) {
    g.beginPath();
    let before = null;
    list.forEach((r, i) => {
      if (time[i] < begin) return;
      // Where nobody has looked there is nothing to draw.
      if (before != null && time[i] - before < 5 * INTERVAL_MS) g.lineTo(x(time[i]), y(r)); else g.moveTo(x(time[i]), y(r));
      before = time[i];
    });
    g.strokeStyle = colour(name);
    g.lineWidth = 2;
    g.lineJoin = 'round';
    g.stroke();
    g.lineWidth = 1;
  }
  $('throughput').setAttribute('aria-label', 'Throughput of all hubs; now ' + bits(last(rx)) + ' received, ' + bits(last(tx)) + ' sent');
}

function choose(hub) {
  network = hub ? hub.network : null;
  $('chosen').hidden = !hub;
  if (hub) $('chosen').firstChild.textContent = 'of ' + (hub.name || hub.device);
  spokes.first();
}
async function openDevice(spoke) {
  $('device-title').textContent = spoke.name || spoke.id;
  $('config').textContent = '';
  $('qr').hidden = true;
  $('qr').removeAttribute('src');
  $('device').showModal();
  const query = new URLSearchParams({id: spoke.id});
  const answer = await fetch('api/config?' + query);
  $('config').textContent = await answer.text();
  if (answer.ok) {
    $('qr').src = 'api/qr.svg?' + query;
    $('qr').hidden = false;
  }
}
$('qr').onerror = () => { $('qr').hidden = true; }; // too much for a code
$('chosen').lastChild.onclick = () => choose(null);
$('spoke-state').onchange = () => spokes.first();
for (const tile of document.querySelectorAll('button.tile')) {
  tile.onclick = () => {
    $('spoke-state').value = $('spoke-state').value === tile.dataset.state ? '' : tile.dataset.state;
    spokes.first();
  };
}
$('pause').onclick = () => {
  paused = !paused;
  $('pause').setAttribute('aria-pressed', paused);
  $('pause').textContent = paused ? 'Resume' : 'Pause';
};
const dark = () => (document.documentElement.dataset.theme || (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light')) === 'dark';
function theme(name) {
  if (name) document.documentElement.dataset.theme = name;
  $('theme').textContent = dark() ? 'Light' : 'Dark';
  if (state) show();
}
$('theme').onclick = () => { const name = dark() ? 'light' : 'dark'; localStorage.setItem('theme', name); theme(name); };
theme(localStorage.getItem('theme'));
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => theme());
addEventListener('resize', () => state && show());
turn();
