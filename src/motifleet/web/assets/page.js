"use strict";
// What pages do in the browser beyond their elements. Data is only ever set as text.
var page = (() => {
  const keep = (name, value) => {
    document.cookie = `${name}=${value}; path=/; max-age=31536000; samesite=strict`;
  };
  keep("motifleet_zone", Intl.DateTimeFormat().resolvedOptions().timeZone);

  // What scrolls by itself has to be reached by the keyboard too.
  const reached = () => {
    for (const box of document.querySelectorAll(".q-table__middle.scroll:not([tabindex])")) box.tabIndex = 0;
  };
  document.addEventListener("DOMContentLoaded", () =>
    new MutationObserver(reached).observe(document.body, { childList: true, subtree: true }));

  const look = (value) => keep("motifleet_look", value);

  // ---- maps: the layers that reports and notebooks draw, on the page's own map ----

  const tiles = (map, wanted) => {
    if (!map.mfTiles && wanted) {
      map.mfTiles = L.tileLayer("https://tile.openstreetmap.org/{z}/{x}/{y}.png",
        { maxZoom: 19, attribution: "© OpenStreetMap contributors" });
    }
    if (map.mfTiles) wanted ? map.mfTiles.addTo(map) : map.mfTiles.remove();
  };

  const linked = (map) => map.on("popupopen", ({ popup }) => {
    const title = popup.getContent().querySelector?.("h3")?.textContent;
    if (!map.mfLink || !map.mfNames?.has(title) || popup.getContent().querySelector("a")) return;
    const way = document.createElement("a");
    way.className = "link";
    way.textContent = "open this device";
    way.href = map.mfLink + encodeURIComponent(title);
    popup.getContent().append(way);
  });

  const draw = (id, scene, link, fit) => {
    const map = getElement(id).map;
    if (!map.mfDrawn) linked(map);
    for (const layer of map.mfDrawn || []) layer.remove();
    map.mfLink = link;
    map.mfNames = new Set(scene.layers.flatMap(({ data }) => data.devices || []));
    map.mfDrawn = [motifleet.ground(map, scene.ground)];
    for (const each of scene.layers) map.mfDrawn.push(motifleet[each.function](map, each.data));
    for (const layer of map.mfDrawn) layer.addTo(map);
    if (fit) map.fitBounds(scene.corners, { maxZoom: 13, padding: [24, 24] });
    map.getContainer().dataset.drawn = scene.layers.length;
  };

  // ---- drawing a pattern with the mouse or a finger ----

  const sketch = (id, count) => {
    const box = getHtmlElement(id), path = box.querySelector("path");
    let points = [], drawing = false;
    const at = (event) => {
      const rect = box.getBoundingClientRect();
      return [event.clientX - rect.left, event.clientY - rect.top];
    };
    const show = () => path.setAttribute("d", points.map((p, i) => `${i ? "L" : "M"}${p[0].toFixed(1)} ${p[1].toFixed(1)}`).join(""));
    const values = () => {
      const height = box.getBoundingClientRect().height, [first, last] = [points[0][0], points.at(-1)[0]];
      let right = 1;
      return Array.from({ length: count() }, (_, i) => {
        const x = first + ((last - first) * i) / (count() - 1);
        while (right < points.length - 1 && points[right][0] < x) right += 1;
        const [a, b] = [points[right - 1], points[right]];
        const share = b[0] > a[0] ? (x - a[0]) / (b[0] - a[0]) : 0;
        return Number(((height - (a[1] + (b[1] - a[1]) * share)) / height * 100).toFixed(2));
      });
    };
    box.onpointerdown = (event) => { box.setPointerCapture(event.pointerId); drawing = true; points = [at(event)]; show(); };
    box.onpointermove = (event) => {
      const point = at(event);
      if (drawing && point[0] > points.at(-1)[0] + 1) { points.push(point); show(); }
    };
    box.onpointerup = () => {
      drawing = false;
      if (points.length > 3) emitEvent("sketched", values());
    };
  };

  return { look, tiles, draw, sketch };
})();
