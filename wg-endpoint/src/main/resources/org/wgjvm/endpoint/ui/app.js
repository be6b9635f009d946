// The page of one daemon: asks for its state once a second and draws it. No framework, nothing from elsewhere.
const $ = id => document.getElementById(id);
// The key came in the address; the cookie has it now, and the address need not show it.
history.replaceState(null, '', location.pathname);

const WINDOW_MS = 5 * 60e3, TIMELINE_MS = 15 * 60e3, FRESH_S = 135, SESSION_S = 180;
let state = null, paused = false, order = 'rxRate', descending = true, opened = null, hoverMs = null;
const past = new Map(); // key -> the last rates of a peer

const bits = r => r == null ? '–' : scaled(r * 8, 1000, ['bit/s', 'kbit/s', 'Mbit/s', 'Gbit/s', 'Tbit/s']);
const bytes = n => scaled(n, 1024, ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB']);
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
const clock = ms => new Date(ms).toLocaleTimeString([], {hour12: false});
const short = key => key.slice(0, 8) + '…';
const colour = name => getComputedStyle(document.documentElement).getPropertyValue('--' + name).trim();
function element(tag, text, className) {
  const e = document.createElement(tag);
  if (text != null) e.textContent = text;
  if (className) e.className = className;
  return e;
}

async function refresh() {
  try {
    const answer = await fetch('api/state', {cache: 'no-store', signal: AbortSignal.timeout(10000)}); // then nobody answers
    if (!answer.ok) throw new Error(answer.status);
    state = await answer.json();
    $('stale').hidden = true;
    if (!paused) show();
  } catch (e) {
    $('stale').hidden = false;
  }
}

function show() {
  document.title = state.interface + ' – wg-jvm';
  $('interface').textContent = state.interface;
  $('link').className = 'dot ' + (state.up ? 'up' : 'down');
  $('facts').textContent = (state.up ? 'up' : 'down') + ' · UDP port ' + (state.listenPort || '–') + ' · MTU ' + state.mtu
    + (state.publicKey ? ' · ' + state.publicKey : ' · no key');
  $('rx').textContent = bits(last(state.series.rx));
  $('tx').textContent = bits(last(state.series.tx));
  $('rx-total').textContent = bytes(state.rxBytes) + ' in all';
  $('tx-total').textContent = bytes(state.txBytes) + ' in all';
  $('active').textContent = state.activePeers;
  $('peer-count').textContent = 'of ' + state.peerCount + (state.peers.length < state.peerCount ? '; the busiest ' + state.peers.length + ' are shown' : '');
  const rate = state.drops.reduce((n, d) => n + d.rate, 0), total = state.drops.reduce((n, d) => n + d.total, 0);
  $('drops').textContent = (rate && rate < 10 ? rate.toFixed(1) : Math.round(rate)) + ' /s';
  $('drops-total').textContent = total + ' packets in all';
  $('drop-tile').classList.toggle('alert', rate > 0);
  for (const p of state.peers) {
    const rates = past.get(p.publicKey) || [];
    rates.push((p.rxRate || 0) + (p.txRate || 0));
    past.set(p.publicKey, rates.slice(-60));
  }
  showPeers(); showReasons(); showEvents(); drawThroughput(); drawTimeline();
}
const last = list => list.length ? list[list.length - 1] : null;

const columns = [
  ['name', 'Peer', p => (p.name || p.publicKey).toLowerCase(), false],
  ['endpoint', 'Endpoint', p => p.endpoint || '', false],
  ['handshake', 'Handshake', p => p.handshake, true],
  ['rxRate', 'Received', p => p.rxRate || 0, true],
  ['txRate', 'Sent', p => p.txRate || 0, true],
  ['loss', 'Loss', p => p.loss ?? -1, true],
  ['activity', 'Last minute', null, false],
  ['allowedIps', 'Allowed IPs', null, false],
  ['config', '', null, false],
];
for (const [id, title, by, numeric] of columns) {
  const head = element('th', null, numeric ? 'num' : '');
  head.scope = 'col';
  if (by) {
    const button = element('button', title);
    button.type = 'button';
    button.onclick = () => { descending = order === id ? !descending : numeric; order = id; if (state) showPeers(); };
    head.append(button);
    head.id = 'by-' + id;
  } else {
    head.append(element('button', title));
    head.firstChild.disabled = true;
    head.firstChild.tabIndex = -1;
    if (!title) head.setAttribute('aria-label', 'Configuration');
  }
  $('columns').append(head);
}

const rows = new Map(); // key -> the row of a peer and its cells: kept, so that focus and selection stay where they are
function rowOf(peer) {
  let row = rows.get(peer.publicKey);
  if (!row) {
    const tr = element('tr');
    tr.dataset.key = peer.publicKey;
    const c = {};
    for (const [id, , , numeric] of columns) { c[id] = element('td', null, numeric ? 'num' : ''); tr.append(c[id]); }
    c.name.className = 'peer';
    c.name.append(element('b'), element('small'));
    c.allowedIps.className = 'ips';
    c.activity.append(element('canvas'));
    c.activity.firstChild.setAttribute('aria-hidden', 'true');
    const button = element('button', 'Configure');
    button.type = 'button';
    button.onclick = () => openPeer(peer.publicKey);
    c.config.append(button);
    row = {tr, c};
    rows.set(peer.publicKey, row);
  }
  return row;
}
function showPeers() {
  const [, , by] = columns.find(c => c[0] === order);
  for (const [id, , sortable] of columns) {
    if (!sortable) continue;
    if (id === order) $('by-' + id).setAttribute('aria-sort', descending ? 'descending' : 'ascending');
    else $('by-' + id).removeAttribute('aria-sort');
  }
  const wanted = $('filter').value.trim().toLowerCase();
  const matching = state.peers.filter(p => !wanted
    || [p.name, p.publicKey, p.endpoint, ...p.allowedIps].some(t => t && t.toLowerCase().includes(wanted)));
  matching.sort((a, b) => {
    const x = by(a), y = by(b), n = x < y ? -1 : x > y ? 1 : a.publicKey < b.publicKey ? -1 : 1;
    return descending && x !== y ? -n : n;
  });
  const now = state.time / 1000, wantedRows = [];
  for (const p of matching) {
    const {tr, c} = rowOf(p);
    c.name.firstChild.textContent = p.name || short(p.publicKey);
    c.name.lastChild.textContent = p.name ? short(p.publicKey) : '';
    c.name.title = p.publicKey;
    c.endpoint.textContent = p.endpoint || '–';
    const old = now - p.handshake;
    c.handshake.textContent = p.handshake ? age(Math.max(0, old)) + ' ago' : 'never';
    c.handshake.className = 'num ' + (!p.handshake || old >= SESSION_S ? 'none' : old < FRESH_S ? 'fresh' : 'old');
    c.rxRate.textContent = bits(p.rxRate);
    c.rxRate.title = bytes(p.rxBytes) + ' in all';
    c.txRate.textContent = bits(p.txRate);
    c.txRate.title = bytes(p.txBytes) + ' in all';
    c.loss.textContent = p.loss == null ? '–' : (p.loss * 100).toFixed(p.loss ? 1 : 0) + ' %';
    c.loss.className = 'num' + (p.loss > 0.01 ? ' loss' : '');
    c.allowedIps.textContent = p.allowedIps.slice(0, 4).join(', ') + (p.allowedIps.length > 4 ? ' and ' + (p.allowedIps.length - 4) + ' more' : '');
    wantedRows.push(tr);
  }
  const body = $('rows');
  for (const tr of [...body.children]) if (!wantedRows.includes(tr)) tr.remove();
  wantedRows.forEach((tr, i) => { if (body.children[i] !== tr) body.insertBefore(tr, body.children[i] || null); });
  const keys = new Set(state.peers.map(p => p.publicKey));
  for (const key of rows.keys()) if (!keys.has(key)) { rows.delete(key); past.delete(key); }
  for (const p of matching) drawSpark(rowOf(p).c.activity.firstChild, past.get(p.publicKey) || []);
  $('no-peers').hidden = matching.length > 0;
  $('no-peers').textContent = state.peerCount ? 'No peer matches.' : 'No peers.';
}

function showReasons() {
  const drops = state.drops.filter(d => d.total > 0).sort((a, b) => b.total - a.total);
  const most = Math.max(1, ...drops.map(d => d.total));
  $('reasons').replaceChildren(...drops.flatMap(d => {
    const bar = element('dd', null, 'bar'), fill = element('i');
    fill.style.width = Math.max(1, d.total / most * 100) + '%';
    bar.append(fill);
    bar.setAttribute('aria-hidden', 'true');
    return [element('dt', d.reason), bar, element('dd', d.total + (d.rate ? ' (' + (d.rate < 10 ? d.rate.toFixed(1) : Math.round(d.rate)) + ' /s)' : ''))];
  }));
  $('no-drops').hidden = drops.length > 0;
}

const kinds = {
  'initiated': ['try', 'begun'], 'completed-as-initiator': ['good', 'completed, begun here'],
  'completed-as-responder': ['good', 'completed, begun by the peer'], 'given-up': ['bad', 'given up'], 'expired': ['try', 'keys wiped after long silence'],
};
function showEvents() {
  $('events').replaceChildren(...state.events.slice(-40).reverse().map(e => {
    const [kind, words] = kinds[e.kind] || ['try', e.kind], li = element('li');
    const time = element('time', clock(e.time));
    time.dateTime = new Date(e.time).toISOString();
    li.append(time, element('span', e.name || short(e.peer)), element('span', words, 'what ' + kind));
    return li;
  }));
  $('no-events').hidden = state.events.length > 0;
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
  g.lineWidth = 1;
  g.textBaseline = 'middle';
  g.textAlign = 'right';
  for (let i = 0; i <= 4; i++) {
    const level = most * i / 4 / 8, at = Math.round(y(level)) + 0.5;
    g.beginPath(); g.moveTo(left, at); g.lineTo(w - right, at); g.stroke();
    g.fillText(i ? bits(level) : '0', left - 8, at);
  }
  g.textBaseline = 'top';
  for (let m = 5; m >= 0; m--) {
    g.textAlign = m === 0 ? 'right' : 'center';
    g.fillText(m ? '−' + m + ' min' : 'now', m === 5 ? x(begin) + 14 : x(end - m * 60e3), h - bottom + 7);
  }
  for (const [list, name] of [[rx, 'rx'], [tx, 'tx']]) {
    const points = list.map((r, i) => [x(time[i]), y(r)]).filter(p => p[0] >= left - 2);
    if (!points.length) continue;
    g.beginPath();
    points.forEach((p, i) => i ? g.lineTo(...p) : g.moveTo(...p));
    g.strokeStyle = g.fillStyle = colour(name);
    g.lineWidth = 2;
    g.lineJoin = 'round';
    g.stroke();
    g.lineTo(points[points.length - 1][0], y(0));
    g.lineTo(points[0][0], y(0));
    g.globalAlpha = 0.1;
    g.fill();
    g.globalAlpha = 1;
  }
  $('throughput').setAttribute('aria-label', 'Throughput of the last five minutes; now ' + bits(last(rx)) + ' received, ' + bits(last(tx)) + ' sent');
  const tip = $('tip');
  tip.hidden = hoverMs == null || !time.length;
  if (tip.hidden) return;
  const at = begin + (hoverMs - left) / (w - left - right) * WINDOW_MS;
  let i = 0;
  time.forEach((t, n) => { if (Math.abs(t - at) < Math.abs(time[i] - at)) i = n; });
  g.beginPath(); g.moveTo(x(time[i]), top); g.lineTo(x(time[i]), h - bottom); g.strokeStyle = colour('soft'); g.lineWidth = 1; g.stroke();
  tip.textContent = clock(time[i]) + '\nreceived ' + bits(rx[i]) + '\nsent ' + bits(tx[i]);
  tip.style.left = Math.min(w - 170, Math.max(left, x(time[i]) + 10)) + 'px';
}
function drawTimeline() {
  const {g, w, h} = prepare($('timeline')), end = state.time, begin = end - TIMELINE_MS, base = h - 22;
  g.strokeStyle = colour('line');
  g.fillStyle = colour('soft');
  g.textBaseline = 'top';
  for (let m = 15; m >= 0; m -= 3) {
    const at = 8 + (w - 16) * (1 - m * 60e3 / TIMELINE_MS);
    g.beginPath(); g.moveTo(Math.round(at) + 0.5, 4); g.lineTo(Math.round(at) + 0.5, base); g.stroke();
    g.textAlign = m === 15 ? 'left' : m ? 'center' : 'right';
    g.fillText(m ? '−' + m + ' min' : 'now', at, base + 6);
  }
  const lanes = {good: 0.2, try: 0.52, bad: 0.84};
  for (const e of state.events) {
    if (e.time < begin) continue;
    const [kind] = kinds[e.kind] || ['try'];
    g.beginPath();
    g.arc(8 + (w - 16) * (e.time - begin) / TIMELINE_MS, 4 + (base - 8) * lanes[kind], 4, 0, 7);
    g.fillStyle = colour(kind);
    g.globalAlpha = 0.8;
    g.fill();
    g.globalAlpha = 1;
  }
}
function drawSpark(canvas, values) {
  const {g, w, h} = prepare(canvas), most = Math.max(1, ...values);
  g.fillStyle = colour('rx');
  values.forEach((v, i) => {
    const height = v > 0 ? Math.max(1, v / most * (h - 2)) : 0;
    g.fillRect(w - (values.length - i) * (w / 60), h - height, Math.max(1, w / 60 - 0.6), height);
  });
}

function openPeer(key) {
  opened = key;
  const peer = state.peers.find(p => p.publicKey === key);
  $('peer-title').textContent = peer.name || key;
  if (!$('endpoint').value) $('endpoint').value = (location.hostname.includes(':') ? '[' + location.hostname + ']' : location.hostname) + ':' + (state.listenPort || 51820);
  showConfig();
  $('peer').showModal();
}
async function showConfig() {
  const query = new URLSearchParams({key: opened, endpoint: $('endpoint').value, allowed: $('allowed').value});
  const answer = await fetch('api/config?' + query);
  $('config').textContent = await answer.text();
  $('qr').hidden = !answer.ok;
  if (answer.ok) $('qr').src = 'api/qr?' + query;
}
$('endpoint').onchange = $('allowed').onchange = showConfig;
$('filter').oninput = () => state && showPeers();
$('pause').onclick = () => {
  paused = !paused;
  $('pause').setAttribute('aria-pressed', paused);
  $('pause').textContent = paused ? 'Resume' : 'Pause';
  if (!paused && state) show();
};
const dark = () => (document.documentElement.dataset.theme || (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light')) === 'dark';
function theme(name) {
  if (name) document.documentElement.dataset.theme = name;
  $('theme').textContent = dark() ? 'Light' : 'Dark';
  if (state) show();
}
$('theme').onclick = () => { const name = dark() ? 'light' : 'dark'; localStorage.setItem('theme', name); theme(name); };
theme(localStorage.getItem('theme'));
$('throughput').onpointermove = e => { hoverMs = e.offsetX; if (state) drawThroughput(); };
$('throughput').onpointerleave = () => { hoverMs = null; if (state) drawThroughput(); };
addEventListener('resize', () => state && show());
refresh();
setInterval(refresh, 1000);
