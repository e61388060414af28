// The photos of a case: one large, the others as thumbnails, a viewer that zooms. What cannot be
// shown is named, and its original is offered.

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { Photo } from "../api";
import { Dialog } from "../ui/Dialog";
import { Icon } from "../ui/icons";
import { cameraTime, kilobytes, n, t } from "../words";

const ZOOMS = [1, 1.5, 2, 3, 4];

function facts(photo: Photo): string {
  const lying = photo.orientation >= 5; // stored on its side
  const size = photo.width && photo.height ? (lying ? `${photo.height} × ${photo.width}` : `${photo.width} × ${photo.height}`) : "";
  const taken = photo.taken_at ? t("staff.photo.taken", { at: cameraTime(photo.taken_at) }) : "";
  return [photo.format.toUpperCase(), size, kilobytes(photo.bytes), taken].filter(Boolean).join(" · ");
}

function Viewer({ photos, start, onClose }: { photos: Photo[]; start: number; onClose: () => void }): JSX.Element {
  const [at, setAt] = useState(start);
  const [zoom, setZoom] = useState(0);
  const photo = photos[at]!;
  const turn = (to: number) => {
    if (to < 0 || to >= photos.length) return;
    setAt(to);
    setZoom(0);
  };
  const nearer = (step: 1 | -1) => setZoom((z) => Math.min(ZOOMS.length - 1, Math.max(0, z + step)));
  const key = (e: KeyboardEvent) => {
    if (e.key === "+" || e.key === ";") nearer(1);
    else if (e.key === "-") nearer(-1);
    else if (e.key === "ArrowLeft" && zoom === 0) turn(at - 1);
    else if (e.key === "ArrowRight" && zoom === 0) turn(at + 1);
    else return;
    e.preventDefault();
  };
  return (
    <Dialog title={t("staff.photo.of", { at: at + 1, of: photos.length })} class="viewer" onClose={onClose}>
      <div class="viewer-body" onKeyDown={key}>
        <div class="viewer-stage" tabIndex={0} role="region" aria-label={t("staff.photo.stage")} style={{ "--zoom": ZOOMS[zoom]! }}>
          <img key={photo.id} src={photo.screen_url ?? photo.thumb_url ?? ""} alt={t("staff.photo.alt", { at: at + 1 })} />
        </div>
        <div class="viewer-bar">
          <button type="button" class="button-icon" aria-label={t("staff.photo.previous")} disabled={at === 0} onClick={() => turn(at - 1)}><Icon name="back" /></button>
          <button type="button" class="button-icon" aria-label={t("staff.photo.next")} disabled={at === photos.length - 1} onClick={() => turn(at + 1)}><Icon name="next" /></button>
          <span class="viewer-facts">{facts(photo)}</span>
          <button type="button" class="button-icon" aria-label={t("staff.photo.smaller")} disabled={zoom === 0} onClick={() => nearer(-1)}>−</button>
          <span class="viewer-zoom" aria-live="polite">{n(Math.round(ZOOMS[zoom]! * 100))} %</span>
          <button type="button" class="button-icon" aria-label={t("staff.photo.larger")} disabled={zoom === ZOOMS.length - 1} onClick={() => nearer(1)}>+</button>
        </div>
      </div>
    </Dialog>
  );
}

export function Photos({ photos }: { photos: Photo[] }): JSX.Element | null {
  const [at, setAt] = useState(0);
  const [viewing, setViewing] = useState(false);
  const photo = photos[Math.min(at, photos.length - 1)];
  if (!photo) return <p class="case-quiet">{t("staff.photo.none")}</p>;
  const shown = photos.filter((p) => p.can_show);
  return (
    <div class="photos">
      {photo.can_show ? (
        <button type="button" class="photo-large" aria-label={t("staff.photo.enlarge", { at: at + 1 })} onClick={() => setViewing(true)}>
          {photo.thumb_url && <img class="photo-under" src={photo.thumb_url} alt="" />}
          <img key={photo.id} src={photo.screen_url ?? photo.thumb_url ?? ""} alt={t("staff.photo.alt", { at: at + 1 })} />
          <span class="photo-zoom"><Icon name="zoom" /></span>
        </button>
      ) : (
        <p class="photo-large photo-hidden"><Icon name="photo" />{t("staff.photo.unshown", { format: photo.format.toUpperCase() })}</p>
      )}
      {photos.length > 1 && (
        <div class="photo-strip" role="group" aria-label={t("staff.photos")}>
          {photos.map((p, i) => (
            <button key={p.id} type="button" aria-pressed={i === at} aria-label={t("staff.photo.show", { at: i + 1 })} onClick={() => setAt(i)}>
              {p.can_show && p.thumb_url ? <img src={p.thumb_url} alt="" loading="lazy" /> : <Icon name="photo" />}
            </button>
          ))}
        </div>
      )}
      <p class="photo-facts">
        {facts(photo)}
        {photo.original_url && <> · <a href={photo.original_url} target="_blank" rel="noopener">{t("staff.photo.original")}</a></>}
      </p>
      {viewing && <Viewer photos={shown} start={Math.max(0, shown.indexOf(photo))} onClose={() => setViewing(false)} />}
    </div>
  );
}
