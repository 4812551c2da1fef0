/* Reading: the checkpoint is "drop_box:" and the byte at which the next line begins. */
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "drop_box.h"

#define LINE_BYTES_MAX (64u << 20)

static const char kOwner[] = "drop_box:";

/* All that a batch points at, until the host releases it. */
struct held {
  concord_record* records;
  concord_reject* rejects;
  uint32_t record_count, reject_count;
  char** texts;
  size_t text_count;
  char checkpoint[48];
};

static void let_go(struct held* held) {
  for (size_t i = 0; i < held->text_count; ++i) free(held->texts[i]);
  free(held->texts);
  free(held->records);
  free(held->rejects);
  free(held);
}

static void release(concord_batch* batch) {
  let_go(batch->owner);
}

/* Takes over a text; NULL where memory ran out. */
static char* keep(struct held* held, char* text) {
  char** more = realloc(held->texts, (held->text_count + 1) * sizeof *more);
  if (more == NULL || text == NULL) {
    free(text);
    if (more != NULL) held->texts = more;
    return NULL;
  }
  held->texts = more;
  held->texts[held->text_count++] = text;
  return text;
}

static bool add_reject(struct held* held,
                       const char* line,
                       size_t size,
                       char* origin,
                       const char* code,
                       const char* cause,
                       uint64_t bytes_max) {
  size_t used = size < bytes_max ? size : (size_t)bytes_max;
  while (used > 0 && used < size && ((unsigned char)line[used] & 0xC0) == 0x80) --used;
  char* raw = keep(held, strndup(line, used));
  if (raw == NULL) return false;
  concord_reject* reject = &held->rejects[held->reject_count++];
  memset(reject, 0, sizeof *reject);
  reject->struct_size = sizeof *reject;
  reject->type = text_of("visit");
  reject->raw.data = (const uint8_t*)raw;
  reject->raw.size = used;
  reject->error.struct_size = sizeof reject->error;
  reject->error.error_class = CONCORD_BAD_RECORD;
  reject->error.code = text_of(code);
  reject->error.place = text_of(origin);
  reject->error.cause = text_of(cause);
  reject->error.next = text_of("mend the line in the agency's system");
  reject->error.retry_after_ms = CONCORD_RETRY_AFTER_UNKNOWN;
  return true;
}

/* false: memory ran out. */
static bool add_line(
    struct held* held, const char* line, size_t size, uint64_t at, uint64_t bytes_max) {
  char place[64];
  snprintf(place, sizeof place, "changes.jsonl at byte %llu", (unsigned long long)at);
  char* origin = keep(held, strdup(place));
  if (origin == NULL) return false;
  json_error_t why;
  json_t* item = json_loadb(line, size, JSON_REJECT_DUPLICATES, &why);
  const char* id = json_string_value(json_object_get(item, "id"));
  const char* version = json_string_value(json_object_get(item, "version"));
  json_t* body = json_object_get(item, "record");
  const bool deleted = json_is_true(json_object_get(item, "deleted"));
  bool good = true;
  if (item == NULL) {
    good = add_reject(held, line, size, origin, "LINE", "the line is no JSON in UTF-8", bytes_max);
  } else if (id == NULL || *id == '\0' || version == NULL || (!deleted && !json_is_object(body))) {
    good = add_reject(
        held, line, size, origin, "LINE_SHAPE", "id, version or record is missing", bytes_max);
  } else {
    char* text = keep(held, deleted ? strdup("") : json_dumps(body, JSON_COMPACT));
    char* key = keep(held, strdup(id));
    char* shown = keep(held, strdup(version));
    good = text != NULL && key != NULL && shown != NULL;
    if (good && strlen(text) > bytes_max) {
      good = add_reject(held,
                        text,
                        strlen(text),
                        origin,
                        "RECORD_SIZE",
                        "the record is larger than allowed",
                        bytes_max);
    } else if (good) {
      concord_record* record = &held->records[held->record_count++];
      memset(record, 0, sizeof *record);
      record->struct_size = sizeof *record;
      record->operation = deleted ? CONCORD_RECORD_DELETED : CONCORD_RECORD_UPSERT;
      record->type = text_of("visit");
      record->key = text_of(key);
      record->version = text_of(shown);
      record->body = text_of(text);
      record->origin = text_of(origin);
      record->changed_at_us = CONCORD_TIME_UNKNOWN;
    }
  }
  json_decref(item);
  return good;
}

/* false: it is not one of ours. */
static bool position(concord_bytes checkpoint, uint64_t* at) {
  *at = 0;
  if (checkpoint.size == 0) return true;
  const size_t own = sizeof kOwner - 1;
  if (checkpoint.size <= own || checkpoint.size > own + 19 ||
      memcmp(checkpoint.data, kOwner, own) != 0)
    return false;
  for (size_t i = own; i < checkpoint.size; ++i) {
    if (checkpoint.data[i] < '0' || checkpoint.data[i] > '9') return false;
    *at = *at * 10 + (uint64_t)(checkpoint.data[i] - '0');
  }
  return true;
}

/* Opens the file of changes, and only a file: a FIFO in its place would hang. */
static FILE* open_changes(const struct drop_box* box) {
  char path[4096];
  snprintf(path, sizeof path, "%s/changes.jsonl", box->folder);
  const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  struct stat found;
  if (fd >= 0 && (fstat(fd, &found) != 0 || !S_ISREG(found.st_mode))) {
    close(fd);
    return NULL;
  }
  return fd < 0 ? NULL : fdopen(fd, "rb");
}

uint32_t drop_box_read(void* self,
                       const concord_call* call,
                       concord_bytes type,
                       concord_bytes checkpoint,
                       const concord_limits* limits,
                       concord_batch* out,
                       concord_error* error) {
  const struct drop_box* box = self;
  uint64_t at;
  if (!equals(type, "visit"))
    return fail(error,
                CONCORD_CONFIG,
                "RECORD_TYPE",
                "record type",
                "there is none of this name",
                "use visit");
  if (!position(checkpoint, &at))
    return fail(error,
                CONCORD_CONFIG,
                "CHECKPOINT",
                "visit",
                "the checkpoint is not one of this connector's",
                "reset the job's checkpoint to read from the beginning");
  FILE* file = open_changes(box);
  if (file == NULL)
    return fail(error,
                CONCORD_CONFIG,
                "FOLDER",
                "changes.jsonl",
                "no such file can be read",
                "check config.folder, and the hub's rights to it");
  struct held* held = calloc(1, sizeof *held);
  const uint32_t most = limits->records_max < 100000 ? limits->records_max : 100000;
  if (held != NULL) {
    held->records = calloc(most, sizeof *held->records);
    held->rejects = calloc(most, sizeof *held->rejects);
  }
  bool good = held != NULL && held->records != NULL && held->rejects != NULL;
  bool more = false;
  char* line = NULL;
  size_t room = 0;
  if (fseeko(file, (off_t)at, SEEK_SET) != 0) good = false;
  while (good) {
    if (held->record_count + held->reject_count >= most) {
      const int next = fgetc(file);
      more = next != EOF;
      break;
    }
    if (call->cancelled != NULL && call->cancelled(call->host)) {
      more = true;
      break;
    }
    const ssize_t size = getline(&line, &room, file);
    /* A line without its end is still being written: it is read when it is whole. */
    if (size <= 0 || line[size - 1] != '\n' || (size_t)size > LINE_BYTES_MAX) break;
    if (size > 1) good = add_line(held, line, (size_t)size - 1, at, limits->body_bytes_max);
    at += (uint64_t)size;
  }
  free(line);
  fclose(file);
  if (!good) {
    if (held != NULL) let_go(held);
    return fail(error, CONCORD_RETRY, "OUT_OF_MEMORY", "visit", "memory ran out", "try again");
  }
  snprintf(held->checkpoint, sizeof held->checkpoint, "%s%llu", kOwner, (unsigned long long)at);
  const concord_batch full = {sizeof full,
                              held->record_count,
                              held->records,
                              text_of(held->checkpoint),
                              release,
                              held,
                              held->reject_count,
                              more ? 1u : 0u,
                              held->rejects};
  hand_over(out, &full, sizeof full);
  return CONCORD_OK;
}
