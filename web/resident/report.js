// The form for a report works without this file. With it: chosen photos are shown, one can be taken
// back, the person sees whether a photo holds its position, and the device's position can be used.
// Words come from data-… attributes of the page. Nothing is asked for until a button is pressed.
(() => {
  "use strict";
  const form = document.querySelector("form.report");
  if (!form) return;
  const field = (name) => form.elements.namedItem(name);
  const make = (tag, props = {}, ...children) => {
    const node = Object.assign(document.createElement(tag), props);
    node.append(...children);
    return node;
  };

  // ---- position in a JPEG's EXIF (CIPA DC-008): [lat, lon] or null ----

  function positionOf(bytes) {
    const view = new DataView(bytes);
    if (view.byteLength < 4 || view.getUint16(0) !== 0xffd8) return null;
    for (let at = 2; at + 4 < view.byteLength; ) {
      const marker = view.getUint16(at);
      if (marker < 0xffc0 || marker === 0xffda) return null;
      const exif = marker === 0xffe1 && view.getUint32(at + 4) === 0x45786966;
      if (exif) return gpsOf(view, at + 10);
      at += 2 + view.getUint16(at + 2);
    }
    return null;
  }

  function gpsOf(view, tiff) {
    const little = view.getUint16(tiff) === 0x4949;
    const u16 = (at) => view.getUint16(tiff + at, little);
    const u32 = (at) => view.getUint32(tiff + at, little);
    const entries = (ifd) => {
      const found = new Map();
      for (let i = 0; i < u16(ifd); i++) {
        const at = ifd + 2 + 12 * i;
        found.set(u16(at), at + 8);
      }
      return found;
    };
    const pointer = entries(u32(4)).get(0x8825);
    if (pointer === undefined) return null;
    const gps = entries(u32(pointer));
    const degrees = (tag, negative) => {
      const value = gps.get(tag);
      const letter = gps.get(tag - 1);
      if (value === undefined || letter === undefined) return NaN;
      const at = u32(value);
      const part = (n) => u32(at + 8 * n) / u32(at + 8 * n + 4);
      const seconds = u32(at + 20) === 0 ? 0 : part(2);
      const sum = part(0) + part(1) / 60 + seconds / 3600;
      return String.fromCharCode(view.getUint8(tiff + letter)) === negative ? -sum : sum;
    };
    const lat = degrees(2, "S");
    const lon = degrees(4, "W");
    const usable = Math.abs(lat) <= 90 && Math.abs(lon) <= 180 && (lat !== 0 || lon !== 0);
    return usable ? [lat, lon] : null; // 0/0 is how phones write "no fix"
  }

  async function hasPosition(file) {
    try {
      return positionOf(await file.slice(0, 262144).arrayBuffer()) !== null;
    } catch {
      return false; // cut short or not what it says; the server looks again
    }
  }

  // ---- photos ----

  function photos(box) {
    const input = field("photo");
    const words = box.dataset;
    const most = 5;
    let files = [];
    const list = make("ul", { className: "chosen" });
    const said = make("p", { className: "hint", role: "status" });

    const keep = () => {
      const transfer = new DataTransfer();
      for (const file of files) transfer.items.add(file);
      input.files = transfer.files;
    };
    const remove = (file, row) => {
      files = files.filter((other) => other !== file);
      row.remove();
      said.textContent = "";
      keep();
      input.focus();
    };
    const show = (file) => {
      const picture = make("img", { alt: "", src: URL.createObjectURL(file) });
      picture.onload = () => URL.revokeObjectURL(picture.src);
      picture.onerror = () => picture.remove(); // HEIC: not every browser can
      const place = make("span", { className: "hint" });
      const button = make("button", { type: "button", className: "button plain", textContent: words.remove });
      button.setAttribute("aria-label", `${words.remove}: ${file.name}`);
      const row = make("li", {}, picture, make("span", { className: "chosen-name" }, file.name, make("br"), place), button);
      button.onclick = () => remove(file, row);
      list.append(row);
      hasPosition(file).then((has) => {
        place.textContent = has ? `✓ ${words.withPlace}` : words.withoutPlace;
      });
    };
    const add = (chosen) => {
      const fresh = [...chosen].filter((file) => !files.includes(file));
      said.textContent = files.length + fresh.length > most ? words.tooMany : "";
      for (const file of fresh.slice(0, most - files.length)) {
        files.push(file);
        show(file);
      }
      keep();
    };

    input.addEventListener("change", () => {
      const chosen = [...input.files];
      add(chosen);
    });
    if (matchMedia("(pointer: coarse)").matches) {
      const camera = make("input", { type: "file", accept: "image/*", id: "camera", className: "camera" });
      camera.setAttribute("capture", "environment");
      camera.addEventListener("change", () => {
        add(camera.files);
        camera.value = "";
      });
      box.prepend(make("label", { htmlFor: "camera" }, words.take), camera);
    }
    box.classList.add("live");
    box.after(list, said);
    if (input.files.length) add(input.files); // kept by the browser on going back
  }

  // ---- the device's position ----

  function here(box) {
    const words = box.dataset;
    const said = make("p", { className: "hint", role: "status" });
    const button = make("button", { type: "button", className: "button quiet", textContent: words.label });
    const forget = () => {
      field("location_source").value = "pin";
      field("accuracy").value = "";
    };
    const found = ({ coords }) => {
      const metres = Math.max(1, Math.round(coords.accuracy));
      field("lat").value = coords.latitude.toFixed(6);
      field("lon").value = coords.longitude.toFixed(6);
      field("accuracy").value = String(metres);
      field("location_source").value = "device";
      said.textContent = `✓ ${words.done.replace("{metres}", metres.toLocaleString())}`;
      button.disabled = false;
    };
    const failed = () => {
      said.textContent = words.failed;
      button.disabled = false;
    };
    button.onclick = () => {
      said.textContent = words.asking;
      button.disabled = true;
      navigator.geolocation.getCurrentPosition(found, failed, {
        enableHighAccuracy: true,
        timeout: 20000,
        maximumAge: 60000,
      });
    };
    for (const name of ["lat", "lon"]) field(name).addEventListener("input", forget);
    box.append(button, said);
  }

  // ---- sending ----

  function sending() {
    const button = form.querySelector(".send .button");
    const label = button.textContent;
    let sent = false;
    form.addEventListener("submit", (event) => {
      if (sent) event.preventDefault();
      sent = true;
      button.textContent = form.dataset.sending;
      button.setAttribute("aria-disabled", "true");
    });
    addEventListener("pageshow", () => {
      sent = false;
      button.textContent = label;
      button.removeAttribute("aria-disabled");
    });
  }

  const box = form.querySelector("[data-photos]");
  const place = form.querySelector("[data-here]");
  if (box && typeof DataTransfer === "function") photos(box);
  if (place && isSecureContext && "geolocation" in navigator) here(place);
  sending();
  document.querySelector(".mistakes")?.focus();
})();
