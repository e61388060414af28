-- The town in one file. STRICT tables; times are milliseconds since 1970 UTC (…_at_ms), positions
-- degrees * 10^7 (…_e7), enumerations their stable words. Integer ids stay inside; outside a case is
-- its ref, a photo its public_id, a person the sign-in name.

-- The migrations that made this file; the checksum is verified at every open.
CREATE TABLE migration (
  version       INTEGER PRIMARY KEY,
  name          TEXT NOT NULL,
  sha256        BLOB NOT NULL CHECK (length(sha256) = 32),
  applied_at_ms INTEGER NOT NULL
) STRICT;

-- The town's own settings: its name, languages, centre of the map …
CREATE TABLE setting (
  name  TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE department (
  id      INTEGER PRIMARY KEY,
  code    TEXT NOT NULL UNIQUE CHECK (code <> ''),
  name_ja TEXT NOT NULL,
  name_en TEXT NOT NULL
) STRICT;

CREATE TABLE category (
  id            INTEGER PRIMARY KEY,
  code          TEXT NOT NULL UNIQUE CHECK (code <> ''),
  name_ja       TEXT NOT NULL,
  name_en       TEXT NOT NULL,
  department_id INTEGER REFERENCES department (id),
  position      INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE zone (
  id      INTEGER PRIMARY KEY,
  code    TEXT NOT NULL UNIQUE CHECK (code <> ''),
  name_ja TEXT NOT NULL,
  name_en TEXT NOT NULL,
  geojson TEXT NOT NULL CHECK (json_valid(geojson))
) STRICT;

-- Layers of the map that the town brings itself, GeoJSON.
CREATE TABLE map_layer (
  name        TEXT PRIMARY KEY,
  geojson     TEXT NOT NULL CHECK (json_valid(geojson)),
  attribution TEXT NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID;

-- Staff. Nobody is ever deleted: the timeline names them.
CREATE TABLE person (
  id              INTEGER PRIMARY KEY,
  name            TEXT NOT NULL UNIQUE CHECK (name <> ''),
  role            TEXT NOT NULL CHECK (role IN ('clerk', 'admin')),
  password_hash   TEXT NOT NULL,
  created_at_ms   INTEGER NOT NULL,
  signed_in_at_ms INTEGER,
  disabled_at_ms  INTEGER
) STRICT;

CREATE TABLE session (
  token_sha256  BLOB PRIMARY KEY CHECK (length(token_sha256) = 32),
  person_id     INTEGER NOT NULL REFERENCES person (id) ON DELETE CASCADE,
  created_at_ms INTEGER NOT NULL,
  seen_at_ms    INTEGER NOT NULL,
  ends_at_ms    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX session_by_person ON session (person_id);
CREATE INDEX session_by_end ON session (ends_at_ms);

-- A case. The row is the current state and equals the fold of its timeline (event).
CREATE TABLE casefile (
  id                INTEGER PRIMARY KEY,
  ref               TEXT NOT NULL UNIQUE CHECK (length(ref) = 11),
  version           INTEGER NOT NULL DEFAULT 1 CHECK (version > 0),
  status            TEXT NOT NULL DEFAULT 'new'
                    CHECK (status IN ('new', 'checking', 'in_progress', 'waiting', 'done')),
  outcome           TEXT NOT NULL DEFAULT 'none'
                    CHECK (outcome IN ('none', 'fixed', 'declined', 'not_ours', 'duplicate')),
  category_id       INTEGER REFERENCES category (id),
  department_id     INTEGER REFERENCES department (id),
  assignee_id       INTEGER REFERENCES person (id),
  parent_id         INTEGER REFERENCES casefile (id),
  title             TEXT NOT NULL DEFAULT '',
  description       TEXT NOT NULL DEFAULT '',
  address           TEXT NOT NULL DEFAULT '',
  more_words        TEXT NOT NULL DEFAULT '', -- found by them as well; shown nowhere
  lat_e7            INTEGER CHECK (lat_e7 BETWEEN -900000000 AND 900000000),
  lon_e7            INTEGER CHECK (lon_e7 BETWEEN -1800000000 AND 1800000000),
  location_source   TEXT NOT NULL DEFAULT 'none'
                    CHECK (location_source IN ('none', 'exif', 'device', 'pin', 'address', 'line', 'staff')),
  accuracy_m        INTEGER CHECK (accuracy_m >= 0),
  location_conflict INTEGER NOT NULL DEFAULT 0 CHECK (location_conflict IN (0, 1)),
  exif_lat_e7       INTEGER, -- what the photos say, kept beside
  exif_lon_e7       INTEGER,
  given_lat_e7      INTEGER, -- what was sent with the report, kept beside
  given_lon_e7      INTEGER,
  given_source      TEXT NOT NULL DEFAULT 'none'
                    CHECK (given_source IN ('none', 'exif', 'device', 'pin', 'address', 'line', 'staff')),
  locale            TEXT NOT NULL DEFAULT 'ja',
  origin            TEXT NOT NULL CHECK (origin IN ('page', 'api', 'staff', 'cli', 'demo')),
  reported_at_ms    INTEGER NOT NULL,
  updated_at_ms     INTEGER NOT NULL,
  closed_at_ms      INTEGER,
  due_at_ms         INTEGER,
  photo_count       INTEGER NOT NULL DEFAULT 0,
  thumb_photo       TEXT NOT NULL DEFAULT '', -- public_id of the first photo that can be shown
  alike_count       INTEGER NOT NULL DEFAULT 0,
  CHECK ((lat_e7 IS NULL) = (lon_e7 IS NULL)),
  CHECK ((lat_e7 IS NULL) = (location_source = 'none')),
  CHECK ((outcome = 'none') = (status <> 'done'))
) STRICT;

-- Every index costs a page in each commit, so there are few: a list over several statuses merges one
-- range per status, and a column that is mostly empty is indexed where it is not. An index ends in
-- the rowid, so (time, id) is its order.
CREATE INDEX casefile_by_report ON casefile (status, reported_at_ms);
CREATE INDEX casefile_by_update ON casefile (status, updated_at_ms);
CREATE INDEX casefile_by_department ON casefile (department_id, status, reported_at_ms)
  WHERE department_id IS NOT NULL;
CREATE INDEX casefile_by_close ON casefile (closed_at_ms) WHERE status = 'done';
CREATE INDEX casefile_by_parent ON casefile (parent_id) WHERE parent_id IS NOT NULL;

-- How many cases stand in which status and department (0: none), kept by triggers: counting a
-- million rows takes 42 ms, reading this takes none.
CREATE TABLE casefile_count (
  status        TEXT NOT NULL,
  department_id INTEGER NOT NULL,
  cases         INTEGER NOT NULL CHECK (cases >= 0),
  PRIMARY KEY (status, department_id)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER casefile_counted_insert AFTER INSERT ON casefile BEGIN
  INSERT INTO casefile_count (status, department_id, cases) VALUES (new.status, ifnull(new.department_id, 0), 1)
    ON CONFLICT DO UPDATE SET cases = cases + 1;
END;
CREATE TRIGGER casefile_counted_update AFTER UPDATE OF status, department_id ON casefile
  WHEN old.status <> new.status OR old.department_id IS NOT new.department_id BEGIN
  UPDATE casefile_count SET cases = cases - 1
    WHERE status = old.status AND department_id = ifnull(old.department_id, 0);
  INSERT INTO casefile_count (status, department_id, cases) VALUES (new.status, ifnull(new.department_id, 0), 1)
    ON CONFLICT DO UPDATE SET cases = cases + 1;
END;
CREATE TRIGGER casefile_counted_delete AFTER DELETE ON casefile BEGIN
  UPDATE casefile_count SET cases = cases - 1
    WHERE status = old.status AND department_id = ifnull(old.department_id, 0);
END;

-- Where the cases lie, for "near here" and "within this box". 32-bit floats are too coarse for a
-- metre in the middle of the Pacific, so the index holds e7 integers.
CREATE VIRTUAL TABLE casefile_place USING rtree_i32 (id, lat_min, lat_max, lon_min, lon_max);

-- Personal data apart from the case, so that it can be erased alone.
CREATE TABLE contact (
  casefile_id INTEGER PRIMARY KEY REFERENCES casefile (id) ON DELETE CASCADE,
  name        TEXT NOT NULL DEFAULT '',
  email       TEXT NOT NULL DEFAULT '',
  phone       TEXT NOT NULL DEFAULT ''
) STRICT;

-- The timeline: append-only. An undo is a new row.
CREATE TABLE event (
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  casefile_id INTEGER NOT NULL REFERENCES casefile (id),
  seq         INTEGER NOT NULL CHECK (seq > 0),
  kind        TEXT NOT NULL CHECK (kind IN ('reported', 'status', 'category', 'department', 'assignee', 'title',
                                            'location', 'address', 'note', 'reply', 'photo', 'duplicate')),
  actor_kind  TEXT NOT NULL CHECK (actor_kind IN ('resident', 'staff', 'system')),
  actor_id    INTEGER REFERENCES person (id),
  origin      TEXT NOT NULL CHECK (origin IN ('page', 'api', 'staff', 'cli', 'demo')),
  at_ms       INTEGER NOT NULL,
  is_public   INTEGER NOT NULL CHECK (is_public IN (0, 1)),
  from_value  TEXT NOT NULL DEFAULT '',
  to_value    TEXT NOT NULL DEFAULT '',
  body        TEXT NOT NULL DEFAULT '',
  UNIQUE (casefile_id, seq)
) STRICT;

CREATE TRIGGER event_stays BEFORE UPDATE ON event BEGIN
  SELECT raise(ABORT, 'the timeline is append-only');
END;
CREATE TRIGGER event_remains BEFORE DELETE ON event BEGIN
  SELECT raise(ABORT, 'the timeline is append-only');
END;

-- Bytes by what they are: the same photo sent twice is kept once. The content is the last column,
-- so that everything else is read without walking its overflow pages.
CREATE TABLE blob (
  id      INTEGER PRIMARY KEY,
  sha256  BLOB NOT NULL UNIQUE CHECK (length(sha256) = 32),
  bytes   INTEGER NOT NULL,
  content BLOB NOT NULL,
  CHECK (length(content) = bytes)
) STRICT;

CREATE TABLE photo (
  id             INTEGER PRIMARY KEY AUTOINCREMENT,
  public_id      TEXT NOT NULL UNIQUE CHECK (length(public_id) = 22),
  casefile_id    INTEGER NOT NULL REFERENCES casefile (id),
  position       INTEGER NOT NULL CHECK (position > 0),
  blob_id        INTEGER NOT NULL REFERENCES blob (id),
  format         TEXT NOT NULL CHECK (format IN ('jpeg', 'png', 'webp', 'heic')),
  width          INTEGER NOT NULL,
  height         INTEGER NOT NULL,
  orientation    INTEGER NOT NULL CHECK (orientation BETWEEN 0 AND 8),
  location       TEXT NOT NULL CHECK (location IN ('none', 'exif', 'invalid')),
  exif_lat_e7    INTEGER,
  exif_lon_e7    INTEGER,
  taken_at       TEXT NOT NULL DEFAULT '',
  hash_quality   INTEGER NOT NULL DEFAULT 0,
  can_show       INTEGER NOT NULL CHECK (can_show IN (0, 1)),
  made           INTEGER NOT NULL DEFAULT 0, -- renditions that stand: 1 thumb, 2 screen
  received_at_ms INTEGER NOT NULL,
  UNIQUE (casefile_id, position)
) STRICT;

-- The work that waits for the background: empty when all is made.
CREATE INDEX photo_unmade ON photo (received_at_ms) WHERE can_show = 1 AND made <> 3;

CREATE INDEX photo_by_blob ON photo (blob_id);

-- The perceptual hashes of a photo's views, 32 bytes each in the order of the pipeline; a photo too
-- flat to be recognised has no row.
CREATE TABLE photo_hash (
  photo_id INTEGER PRIMARY KEY REFERENCES photo (id) ON DELETE CASCADE,
  views    BLOB NOT NULL CHECK (length(views) > 0 AND length(views) % 32 = 0)
) STRICT;

-- Pictures made of a photo, without metadata; made again from the original whenever one is missing.
CREATE TABLE rendition (
  photo_id INTEGER NOT NULL REFERENCES photo (id) ON DELETE CASCADE,
  kind     TEXT NOT NULL CHECK (kind IN ('thumb', 'screen')),
  width    INTEGER NOT NULL,
  height   INTEGER NOT NULL,
  blob_id  INTEGER NOT NULL REFERENCES blob (id),
  PRIMARY KEY (photo_id, kind)
) STRICT, WITHOUT ROWID;

CREATE INDEX rendition_by_blob ON rendition (blob_id);

-- "Already reported?": candidates with the reasons, as they were when the report came.
CREATE TABLE alike (
  casefile_id    INTEGER NOT NULL REFERENCES casefile (id),
  other_id       INTEGER NOT NULL REFERENCES casefile (id),
  rank           INTEGER NOT NULL,
  distance_m     INTEGER,
  photo_distance INTEGER,
  apart_ms       INTEGER NOT NULL,
  same_category  INTEGER NOT NULL CHECK (same_category IN (0, 1)),
  PRIMARY KEY (casefile_id, other_id)
) STRICT, WITHOUT ROWID;

-- A report that is sent again under the same key gets the answer that it got the first time. id is
-- the order of coming, so that old ones are found from the front.
CREATE TABLE idempotency (
  id            INTEGER PRIMARY KEY,
  key_sha256    BLOB NOT NULL UNIQUE CHECK (length(key_sha256) = 32),
  body_sha256   BLOB NOT NULL CHECK (length(body_sha256) = 32),
  casefile_id   INTEGER NOT NULL REFERENCES casefile (id),
  answer        BLOB NOT NULL,
  created_at_ms INTEGER NOT NULL
) STRICT;

-- Words of a case for searching: pairs of characters for Japanese, made by the program, so that any
-- SQLite can check this file without a tokenizer of ours. rowid is casefile.id. Only the index is
-- kept: the words can be made again from the case.
CREATE VIRTUAL TABLE casefile_words USING fts5 (
  words, content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 2'
);
