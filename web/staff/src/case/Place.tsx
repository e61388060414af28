// Where a case is, how we know, and what contradicts it. The drawing is the town's own base layer
// around the pin, or a plain grid; a real map comes on its own.

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { mapLayer, type Detail, type MapLayer, type Point } from "../api";
import { Icon } from "../ui/icons";
import { metres, t, tag, tOf, type Key } from "../words";

const WIDTH = 320;
const HEIGHT = 180;
const METRES_PER_DEGREE = 111_195; // of latitude, on a sphere of 6,371 km
const FEATURES_MAX = 4000;

let layer: Promise<MapLayer | null> | null = null; // asked for once

interface Pin extends Point {
  kind: "main" | "exif" | "given";
}

// Equirectangular around the middle: good to a metre over the few hundred metres shown.
function projection(middle: Point, across_m: number) {
  const scale = WIDTH / across_m;
  const east = METRES_PER_DEGREE * Math.cos((middle.lat * Math.PI) / 180);
  return (p: Point) => ({
    x: WIDTH / 2 + (p.lon - middle.lon) * east * scale,
    y: HEIGHT / 2 - (p.lat - middle.lat) * METRES_PER_DEGREE * scale,
  });
}

function distance(a: Point, b: Point): number {
  const east = (a.lon - b.lon) * METRES_PER_DEGREE * Math.cos((((a.lat + b.lat) / 2) * Math.PI) / 180);
  const north = (a.lat - b.lat) * METRES_PER_DEGREE;
  return Math.hypot(east, north);
}

type Ring = [number, number][];

// The lines and areas of a GeoJSON geometry, flat.
function shapes(geometry: { type: string; coordinates: unknown }): { closed: boolean; rings: Ring[] }[] {
  const c = geometry.coordinates;
  switch (geometry.type) {
    case "LineString":
      return [{ closed: false, rings: [c as Ring] }];
    case "MultiLineString":
      return [{ closed: false, rings: c as Ring[] }];
    case "Polygon":
      return [{ closed: true, rings: c as Ring[] }];
    case "MultiPolygon":
      return (c as Ring[][]).map((rings) => ({ closed: true, rings }));
    default:
      return [];
  }
}

// The kinds that the base layer's features name, and what other people's GeoJSON is likely to say.
function kindOf(properties: Record<string, unknown> | null): string {
  const kind = String(properties?.["kind"] ?? properties?.["class"] ?? properties?.["type"] ?? "").toLowerCase();
  if (/river|water|sea|lake|canal|pond|bay/.test(kind)) return "water";
  if (/rail/.test(kind)) return "rail";
  if (/park|green|forest|wood|farm|field|grass/.test(kind)) return "green";
  if (/building|house/.test(kind)) return "building";
  if (/land|zone|border|boundary/.test(kind)) return "land";
  return "road";
}

interface Sketch {
  kind: string;
  closed: boolean;
  d: string;
  name: string;
  at: { x: number; y: number } | null; // where the name goes: in view, clear of the pin
}

function sketch(base: MapLayer | null, project: (p: Point) => { x: number; y: number }): Sketch[] {
  const inView = (p: { x: number; y: number }) => p.x > 30 && p.x < WIDTH - 30 && p.y > 12 && p.y < HEIGHT - (p.x < 120 ? 34 : 10) && Math.hypot(p.x - WIDTH / 2, p.y - HEIGHT / 2) > 34;
  const out: Sketch[] = [];
  for (const f of (base?.features ?? []).slice(0, FEATURES_MAX)) {
    for (const shape of f.geometry ? shapes(f.geometry) : []) {
      const rings = shape.rings.map((ring) => ring.map(([lon, lat]) => project({ lat, lon })));
      const all = rings[0] ?? [];
      if (all.length < 2 || all.every((p) => p.x < 0) || all.every((p) => p.x > WIDTH) || all.every((p) => p.y < 0) || all.every((p) => p.y > HEIGHT)) continue;
      let at: Sketch["at"] = null;
      for (let i = 1; i < all.length && !at && !shape.closed; i++) {
        for (let k = 0; k <= 20 && !at; k++) {
          const a = all[i - 1]!;
          const b = all[i]!;
          const p = { x: a.x + ((b.x - a.x) * k) / 20, y: a.y + ((b.y - a.y) * k) / 20 };
          if (inView(p)) at = p;
        }
      }
      const d = rings.map((ring) => ring.map((p, i) => `${i ? "L" : "M"}${p.x.toFixed(1)} ${p.y.toFixed(1)}`).join("") + (shape.closed ? "Z" : "")).join("");
      out.push({ kind: kindOf(f.properties), closed: shape.closed, d, name: String(f.properties?.[`name_${tag()}`] ?? f.properties?.["name"] ?? ""), at });
    }
  }
  return out;
}

function Drawing({ base, pins, across }: { base: MapLayer | null; pins: Pin[]; across: number }): JSX.Element {
  const project = projection(pins[0]!, across);
  const drawn = sketch(base, project);
  const step = 50 * (WIDTH / across) * Math.max(1, Math.round(across / 400));
  const lines: JSX.Element[] = [];
  for (let x = (WIDTH / 2) % step; x < WIDTH; x += step) lines.push(<path key={`x${x}`} class="map-grid" d={`M${x} 0V${HEIGHT}`} />);
  for (let y = (HEIGHT / 2) % step; y < HEIGHT; y += step) lines.push(<path key={`y${y}`} class="map-grid" d={`M0 ${y}H${WIDTH}`} />);
  const bar = 100 * Math.max(1, Math.round(across / 800));
  return (
    <svg class="map" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={t("staff.map.alt")}>
      {drawn.map((s, i) => s.closed && <path key={i} class={`map-area map-${s.kind}`} d={s.d} />)}
      {lines}
      {drawn.map((s, i) => !s.closed && s.kind === "road" && <path key={i} class="map-edge" d={s.d} />)}
      {drawn.map((s, i) => !s.closed && <path key={i} class={`map-line map-${s.kind}`} d={s.d} />)}
      {drawn.map((s, i) => s.name && s.at && <text key={i} class="map-name" x={s.at.x} y={s.at.y}>{s.name}</text>)}
      {pins.slice(1).map((pin) => {
        const a = project(pins[0]!);
        const b = project(pin);
        return <path key={pin.kind} class="map-between" d={`M${a.x} ${a.y}L${b.x} ${b.y}`} />;
      })}
      {[...pins].reverse().map((pin) => {
        const { x, y } = project(pin);
        return (
          <g key={pin.kind} class={`map-pin map-pin-${pin.kind}`} transform={`translate(${x} ${y})`}>
            <path d="M0 0C-3-6-8-9-8-15a8 8 0 0 1 16 0c0 6-5 9-8 15z" />
            <circle cy="-15" r="3" />
          </g>
        );
      })}
      <g class="map-scale" transform={`translate(8 ${HEIGHT - 8})`}>
        <path d={`M0-4V0H${bar * (WIDTH / across)}V-4`} />
        <text y="-7">{metres(bar)}</text>
      </g>
    </svg>
  );
}

const coordinates = (p: Point): string => `${p.lat.toFixed(5)}, ${p.lon.toFixed(5)}`;

export function Place({ detail }: { detail: Detail }): JSX.Element {
  const [base, setBase] = useState<MapLayer | null>(null);
  useEffect(() => {
    layer = layer ?? mapLayer().catch(() => null);
    void layer.then(setBase);
  }, []);
  const { location } = detail;
  const { exif, given } = location;
  const main = location.lat !== null && location.lon !== null ? { lat: location.lat, lon: location.lon } : null;
  const pins: Pin[] = [];
  if (main) {
    pins.push({ ...main, kind: "main" });
    for (const [kind, point] of [["exif", exif], ["given", given]] as const) {
      if (point && distance(point, main) > 5) pins.push({ ...point, kind });
    }
  }
  const apart = exif && given ? distance(exif, given) : 0;
  const reach = Math.max(0, ...pins.slice(1).map((p) => distance(p, pins[0]!)));
  return (
    <div class="place">
      <p class="place-words">{detail.address || detail.place || t("staff.place.unknown")}</p>
      {location.conflict && (
        <p class="warning">
          <Icon name="warn" />
          <span>{apart > 0 ? t("staff.place.conflict", { distance: metres(apart) }) : t("staff.place.conflict_short")}</span>
        </p>
      )}
      {main && <Drawing base={base} pins={pins} across={Math.max(700, reach * 3.2)} />}
      <dl class="facts">
        <div>
          <dt>{t("staff.place.source")}</dt>
          <dd>
            {tOf("source", location.source)}
            {location.accuracy_m !== null && ` ${t("staff.place.accuracy", { distance: metres(location.accuracy_m) })}`}
          </dd>
        </div>
        {main && (
          <div>
            <dt>{t("staff.place.coordinates")}</dt>
            <dd class="ref">{coordinates(main)}</dd>
          </div>
        )}
        {main && ([["exif", exif], ["given", given]] as const).map(([kind, point]) =>
          point && distance(point, main) > 5 ? (
            <div key={kind}>
              <dt><span class={`pin-key pin-key-${kind}`} />{t(`staff.place.${kind}` as Key)}</dt>
              <dd>
                <span class="ref">{coordinates(point)}</span>{" "}
                {t("staff.place.away", { distance: metres(distance(point, main)) })}
              </dd>
            </div>
          ) : null,
        )}
      </dl>
    </div>
  );
}
