"use strict";
// Draws Motifleet's layers on a Leaflet map. Every layer comes as one object of compact columns.
// What comes from data is only ever set as text, never as HTML.
var motifleet = (() => {
  const DAY = 86400;
  const SPREAD = 40;

  // ---- values ----

  const summed = (steps, scale = 1) => {
    let sum = 0;
    return steps.map((step) => (sum += step) / scale);
  };

  const places = (data) => {
    const lon = summed(data.lon, data.scale);
    return summed(data.lat, data.scale).map((lat, i) => [lat, lon[i]]);
  };

  const tidy = (value) => {
    if (value === null || value === undefined) return "–";
    const size = Math.abs(value);
    if (size >= 1e15) return value.toPrecision(4);
    if (size >= 1e4 || Number.isInteger(value)) return Math.round(value).toLocaleString("en-US");
    return String(Number(value.toPrecision(4)));
  };

  const moment = (seconds) =>
    new Date(seconds * 1000).toISOString().replace("T", " ").replace(/\.000Z$/, "Z");

  const spaced = (name) => name.replaceAll("_", " ");

  // ---- elements ----

  const element = (tag, className, text) => {
    const made = document.createElement(tag);
    if (className) made.className = className;
    if (text !== undefined) made.textContent = text;
    return made;
  };

  const sheet = (title, rows, ...more) => {
    const box = element("div", "mf-sheet");
    box.append(element("h3", "", title));
    const table = element("table");
    for (const [name, value, numeric] of rows) {
      const row = element("tr");
      row.append(element("th", "", name), element("td", numeric ? "mf-number" : "", value));
      table.append(row);
    }
    box.append(table, ...more);
    return box;
  };

  const swatch = (color, shape = "") => {
    const box = element("i", `mf-swatch ${shape}`);
    box.style.background = color;
    return box;
  };

  const entry = (color, name, count, shape) => {
    const line = element("div", "mf-entry");
    line.append(swatch(color, shape), element("span", "", name));
    if (count !== undefined) line.append(element("b", "", tidy(count)));
    return line;
  };

  const sparkline = (values, color) => {
    const [width, height] = [220, 46];
    const known = values.filter((value) => value !== null);
    const least = Math.min(...known), span = Math.max(...known) - least || 1;
    const x = (i) => (i / Math.max(values.length - 1, 1)) * (width - 4) + 2;
    const y = (value) => height - 3 - ((value - least) / span) * (height - 6);
    let path = "", drawing = false;
    values.forEach((value, i) => {
      if (value !== null) path += `${drawing ? "L" : "M"}${x(i).toFixed(1)} ${y(value).toFixed(1)}`;
      drawing = value !== null;
    });
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    svg.setAttribute("class", "mf-spark");
    const line = document.createElementNS("http://www.w3.org/2000/svg", "path");
    line.setAttribute("d", path);
    line.setAttribute("stroke", color);
    svg.append(line);
    return svg;
  };

  // ---- the legend: a section for each layer, there while the layer is ----

  const legendOf = (map) => {
    if (map.mfLegend) return map.mfLegend;
    const box = element("div", "mf-legend leaflet-bar");
    L.DomEvent.disableClickPropagation(box).disableScrollPropagation(box);
    const control = L.control({ position: "bottomright" });
    control.onAdd = () => box;
    control.addTo(map);
    map.mfLegend = box;
    return box;
  };

  const legend = (map, layer, title, entries, remark) => {
    const section = element("section");
    section.append(element("h4", "", title), ...entries);
    if (remark) section.append(element("p", "", remark));
    layer.on("add", () => legendOf(map).append(section));
    layer.on("remove", () => section.remove());
    return layer;
  };

  // ---- the ground: boundaries below the tiles, seen where there are no tiles ----

  const pane = (map, name, zIndex) => {
    const made = map.getPane(name) || map.createPane(name);
    made.style.zIndex = zIndex;
    made.style.pointerEvents = "none";
    return name;
  };

  const ringsOf = (data) => {
    const all = places(data);
    return data.ends.map((end, i) => all.slice(i ? data.ends[i - 1] : 0, end));
  };

  const areasOf = (data) => {
    const rings = ringsOf(data);
    return data.areas.map(({ name, polygons, ...more }) => ({
      name, ...more,
      polygons: polygons.map((polygon) => polygon.map((ring) => rings[ring])),
    }));
  };

  const ground = (map, data) => {
    const renderer = L.canvas({ pane: pane(map, "mf-ground", 150), padding: 0.5 });
    const names = L.layerGroup([], { pane: pane(map, "mf-names", 160) });
    const group = L.featureGroup();
    for (const area of areasOf(data)) {
      const style = { renderer, interactive: false, weight: 1, color: "#a9b0b3",
        fillColor: "#f8f6f1", fillOpacity: 1, smoothFactor: 0.6 };
      const shape = L.polygon(area.polygons, style);
      group.addLayer(shape);
      const widest = area.polygons.map((polygon) => L.latLngBounds(polygon[0]))
        .reduce((a, b) => (b.getEast() - b.getWest() > a.getEast() - a.getWest() ? b : a));
      const text = element("span", "", area.name);
      const icon = L.divIcon({ html: text, className: "mf-name", iconSize: [0, 0] });
      const label = L.marker(widest.getCenter(), { icon, interactive: false, pane: "mf-names" });
      names.addLayer(label);
      label.mfFits = () => {
        const [west, east] = [widest.getSouthWest(), widest.getSouthEast()].map((corner) =>
          map.latLngToLayerPoint(corner).x);
        return east - west > area.name.length * 7;
      };
    }
    const fit = () => names.eachLayer((label) => {
      label.getElement().style.visibility = label.mfFits() ? "" : "hidden";
    });
    group.on("add", () => { names.addTo(map); fit(); map.on("zoomend", fit); });
    group.on("remove", () => { map.off("zoomend", fit); names.remove(); });
    map.attributionControl.setPrefix("Leaflet");
    map.attributionControl.addAttribution("boundaries: US Census Bureau, Natural Earth");
    return group;
  };

  // ---- reports: markers, or clusters of them ----

  const pie = (counts, colors, total) => {
    let from = 0;
    const parts = counts.map((count, i) => {
      const start = from;
      from += (count / total) * 360;
      return count ? `${colors[i]} ${start}deg ${from}deg` : "";
    });
    return `conic-gradient(${parts.filter(Boolean).join(",")})`;
  };

  const clusters = (data) => L.markerClusterGroup({
    maxClusterRadius: 46, chunkedLoading: true, showCoverageOnHover: false, animate: false,
    zoomToBoundsOnClick: false, spiderfyOnMaxZoom: false,
    iconCreateFunction: (cluster) => {
      const counts = new Array(data.colors.length).fill(0);
      const children = cluster.getAllChildMarkers();
      for (const mark of children) counts[data.color[mark.mfRow]] += 1;
      const size = Math.min(30 + 7 * Math.log10(children.length), 64);
      const ring = element("div", "mf-pie");
      ring.style.background = pie(counts, data.colors, children.length);
      ring.append(element("span", "", tidy(children.length)));
      return L.divIcon({ html: ring, className: "mf-cluster", iconSize: [size, size] });
    },
  });

  // A click goes nearer, spreads out what lies on one place, or sums up what is too much for that.
  const opened = (map, cluster, data, time) => {
    const box = cluster.getBounds();
    const one = box.getNorthEast().equals(box.getSouthWest(), 1e-5);
    if (!one && map.getZoom() < map.getMaxZoom()) return cluster.zoomToBounds({ padding: [40, 40] });
    if (cluster.getChildCount() <= SPREAD) return cluster.spiderfy();
    const rows = cluster.getAllChildMarkers().map((mark) => mark.mfRow);
    const times = rows.map((row) => time[row] / data.ticks);
    const least = (values) => values.reduce((a, b) => Math.min(a, b));
    const kinds = data.names.map((name, i) =>
      [name, tidy(rows.filter((row) => data.color[row] === i).length), true]);
    const content = sheet(`${tidy(rows.length)} reports at one place`, [
      ["devices", tidy(new Set(rows.map((row) => data.device[row])).size), true],
      ["from", moment(least(times))], ["to", moment(-least(times.map((each) => -each)))],
      ...kinds.filter(([, count]) => count !== "0")]);
    return map.openPopup(content, cluster.getLatLng());
  };

  const reports = (map, data) => {
    const at = places(data), time = summed(data.time);
    const group = data.clustered ? clusters(data) : L.featureGroup();
    const marks = at.map((place, row) => {
      const mark = L.circleMarker(place, {
        radius: 6, weight: 1.2, color: "#fff", fillColor: data.colors[data.color[row]],
        fillOpacity: 0.92 });
      mark.mfRow = row;
      return mark;
    });
    if (data.clustered) {
      // Before it is on the map, a cluster group looks for each mark among all that wait.
      group.once("add", () => group.addLayers(marks));
      group.on("clusterclick", ({ layer }) => opened(map, layer, data, time));
    } else {  // what is rare is drawn last, on top
      marks.sort((a, b) => data.color[a.mfRow] - data.color[b.mfRow] || a.mfRow - b.mfRow);
      marks.forEach((mark) => group.addLayer(mark));
    }
    group.bindPopup(({ mfRow: row }) => {
      const labels = data.labels.map(({ name, names, codes }) =>
        [spaced(name), codes[row] < 0 ? "–" : names[codes[row]]]);
      const signals = data.signals.map(({ name, values }) =>
        [spaced(name), tidy(values[row]), true]);
      const [lat, lon] = at[row];
      const position = `${lat.toFixed(5)}, ${L.Util.wrapNum(lon, [-180, 180], true).toFixed(5)}`;
      return sheet(data.devices[data.device[row]],
        [["time", moment(time[row] / data.ticks)], ...labels, ...signals, ["latitude, longitude", position]]);
    }, { maxHeight: 320, minWidth: 200 });
    const entries = data.colors.map((color, i) => entry(color, data.names[i], data.counts[i]));
    return legend(map, group, data.title, entries, data.remark);
  };

  // ---- cells ----

  const cells = (map, data) => {
    const group = L.featureGroup();
    ringsOf(data).forEach((ring, row) => {
      const shape = L.polygon(ring, { weight: 0.7, color: "#51606a", fillOpacity: 0.82,
        fillColor: data.classes[data.color[row]].color });
      shape.mfRow = row;
      group.addLayer(shape);
    });
    group.bindPopup(({ mfRow: row }) => {
      const means = data.means.map(({ name, values }) =>
        [`mean ${spaced(name)}`, tidy(values[row]), true]);
      return sheet(`${tidy(data.reports[row])} reports`,
        [["devices", tidy(data.devices[row]), true], ...means, ["H3 cell", data.cells[row]]]);
    });
    const entries = data.classes.map(({ color, from, to }) =>
      entry(color, from === to ? tidy(from) : `${tidy(from)} – ${tidy(to)}`, undefined, "mf-hexagon"));
    return legend(map, group, data.title, entries, data.remark);
  };

  // ---- fences ----

  const fences = (map, data) => {
    const group = L.featureGroup();
    const color = data.color;
    for (const area of areasOf(data)) {
      const shape = L.polygon(area.polygons, { color, weight: 2, dashArray: "6 4",
        fillColor: color, fillOpacity: 0.08 });
      shape.bindTooltip(element("span", "", area.name), { sticky: true });
      shape.bindPopup(() => sheet(area.name, [["km²", tidy(area.km2), true]]));
      group.addLayer(shape);
    }
    return legend(map, group, data.title, [entry(color, "fence", data.areas.length, "mf-outline")]);
  };

  // ---- findings: the windows' ways, and a numbered mark where each begins ----

  const findings = (map, data) => {
    const group = L.featureGroup(), all = places(data);
    data.found.forEach((each, i) => {
      const way = all.slice(i ? data.ends[i - 1] : 0, data.ends[i]);
      const name = `${data.kind} ${each.rank}`;
      const popup = () => sheet(`${name}: ${each.device}`, [
        ["signal", spaced(each.signal)], ["from", moment(each.from)], ["to", moment(each.to)],
        ["reports", tidy(each.m), true], ["distance", tidy(each.distance), true],
      ], sparkline(each.values, data.color));
      const line = L.polyline(way, { color: data.color, weight: 5, opacity: 0.85 });
      const mark = L.marker(way[0], { alt: name, title: name, riseOnHover: true,
        zIndexOffset: 1000 - 10 * each.rank, icon: L.divIcon({
        html: element("span", "", String(each.rank)), iconSize: [24, 24],
        className: `mf-finding mf-${data.shape}` }) });
      mark.on("add", () => { mark.getElement().style.setProperty("--mf", data.color); });
      for (const part of [line, mark]) {
        part.bindPopup(popup, { minWidth: 230 });
        group.addLayer(part);
      }
    });
    const looked = new Set(data.found.map(({ signal, m }) => `${spaced(signal)}, ${tidy(m)} reports`));
    return legend(map, group, data.title,
      [entry(data.color, [...looked].join("; "), data.found.length, `mf-${data.shape}`)]);
  };

  // ---- paths with time ----

  const pieces = (data) => {
    const all = places(data), time = summed(data.time, data.ticks);
    return data.ends.map((end, i) => {
      const start = i ? data.ends[i - 1] : 0;
      return { device: data.device[i], at: all.slice(start, end), time: time.slice(start, end) };
    });
  };

  const before = (times, now) => {  // the last report at or before now
    let low = 0, high = times.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (times[middle] <= now) low = middle; else high = middle - 1;
    }
    return low;
  };

  const placeAt = ({ at, time }, now) => {
    const i = before(time, now), next = Math.min(i + 1, time.length - 1);
    const share = next > i ? Math.min(Math.max((now - time[i]) / (time[next] - time[i]), 0), 1) : 0;
    return [0, 1].map((k) => at[i][k] + share * (at[next][k] - at[i][k]));
  };

  const trailOf = (piece, from, now) => {
    const start = Math.max(from, piece.time[0]);
    const first = before(piece.time, start) + 1, last = before(piece.time, now) + 1;
    return [placeAt(piece, start), ...piece.at.slice(first, last), placeAt(piece, now)];
  };

  const clock = (map, layer, first, last, start, show) => {
    const box = element("div", "mf-clock leaflet-bar");
    L.DomEvent.disableClickPropagation(box).disableScrollPropagation(box);
    const button = element("button", "", "▶"), slider = element("input");
    const label = element("output", "", "");
    button.type = "button";
    button.title = "play or pause";
    Object.assign(slider, { type: "range", min: 0, max: 1000, step: 1 });
    slider.setAttribute("aria-label", "time");
    box.append(button, slider, label);
    const control = L.control({ position: "bottomleft" });
    control.onAdd = () => box;
    const draw = () => {
      const now = first + (slider.value / 1000) * (last - first);
      label.textContent = moment(Math.round(now));
      show(now);
    };
    let timer = null;
    const stop = () => { clearInterval(timer); timer = null; button.textContent = "▶"; };
    const step = () => {
      if (Number(slider.value) >= 1000) return stop();
      slider.value = Number(slider.value) + 2;
      return draw();
    };
    button.addEventListener("click", () => {
      if (timer) return stop();
      if (Number(slider.value) >= 1000) slider.value = 0;
      button.textContent = "❚❚";
      timer = setInterval(step, 50);
      return undefined;
    });
    slider.addEventListener("input", () => { stop(); draw(); });
    slider.value = Math.round((1000 * (start - first)) / (last - first || 1));
    layer.on("add", () => { control.addTo(map); draw(); });
    layer.on("remove", () => { stop(); control.remove(); });
  };

  const busiest = (all, first, last) => {
    let best = [first, -1];
    for (let i = 0; i <= 48; i += 1) {
      const now = first + (i / 48) * (last - first);
      const moving = all.filter(({ time }) => time[0] < now && now < time[time.length - 1]).length;
      if (moving > best[1]) best = [now, moving];
    }
    return best[0];
  };

  const paths = (map, data) => {
    const group = L.featureGroup(), all = pieces(data);
    const first = Math.min(...all.map(({ time }) => time[0]));
    const last = Math.max(...all.map(({ time }) => time[time.length - 1]));
    const trail = Math.min(Math.max((last - first) / 24, 120), DAY);
    const color = (piece) => data.colors[data.color[piece.device]];
    const now = (piece) => data.moving || color(piece);
    const opacity = Math.min(Math.max(4 / Math.sqrt(all.length), 0.16), 0.55);
    for (const piece of all) {
      const line = L.polyline(piece.at, { color: color(piece), weight: 1.5, opacity });
      line.mfPiece = piece;
      group.addLayer(line);
    }
    group.bindPopup(({ mfPiece: { device, time } }) => sheet(data.devices[device], [
      ["from", moment(time[0])], ["to", moment(time[time.length - 1])]]));
    const marks = new Map();
    const mark = (piece) => {
      const head = L.circleMarker(piece.at[0], { radius: 6, weight: 2, color: "#fff",
        fillColor: now(piece), fillOpacity: 1 });
      const tail = L.polyline([], { color: now(piece), weight: 3.5, opacity: 0.9,
        interactive: false });
      head.mfPiece = piece;
      head.bindTooltip(element("span", "", data.devices[piece.device]));
      return { head, tail };
    };
    clock(map, group, first, last, busiest(all, first, last), (at) => {
      const before = marks.size;
      for (const piece of all) {
        const there = piece.time[0] <= at && at <= piece.time[piece.time.length - 1];
        if (there && !marks.has(piece)) {
          const made = mark(piece);
          marks.set(piece, made);
          group.addLayer(made.tail).addLayer(made.head);
        }
        if (there) {
          const { head, tail } = marks.get(piece);
          head.setLatLng(placeAt(piece, at));
          tail.setLatLngs(trailOf(piece, at - trail, at));
        } else if (marks.has(piece)) {
          const { head, tail } = marks.get(piece);
          group.removeLayer(head).removeLayer(tail);
          marks.delete(piece);
        }
      }
      if (marks.size > before) for (const { head } of marks.values()) head.bringToFront();
    });
    const entries = data.names.map((name, i) => entry(data.colors[i], name, undefined, "mf-line"));
    if (data.moving) entries.push(entry(data.moving, "where they are at that time"));
    return legend(map, group, data.title, entries, data.remark);
  };

  return { ground, reports, cells, fences, findings, paths };
})();
