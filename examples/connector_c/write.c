/* Writing: one file a notice, complete or not there, the newest version alone. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "drop_box.h"

enum { NAME_MAX_BYTES = 200 };

/* The key as a file name: letters, digits and - stay, all else becomes %XX. false: too long. */
static bool name_of(concord_bytes key, char* out) {
  size_t used = 0;
  for (uint64_t i = 0; i < key.size; ++i) {
    const uint8_t c = key.data[i];
    const bool plain =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
    if (used + 4 > NAME_MAX_BYTES) return false;
    used += (size_t)snprintf(out + used, 4, plain ? "%c" : "%%%02X", c);
  }
  out[used] = '\0';
  return used > 0;
}

/* The version in a file name of this key; 0: it is another's. */
static uint64_t version_in(const char* file, const char* name) {
  const size_t size = strlen(name);
  if (strncmp(file, name, size) != 0 || strncmp(file + size, ".v", 2) != 0) return 0;
  return strtoull(file + size + 2, NULL, 10);
}

/* Walks the notices of a key: returns the newest version; removes those older than `below`. */
static uint64_t newest(int folder, const char* name, uint64_t below) {
  uint64_t found = 0;
  const int fd = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR* files = fd < 0 ? NULL : fdopendir(fd);
  const struct dirent* entry;
  while (files != NULL && (entry = readdir(files)) != NULL) {
    const uint64_t version = version_in(entry->d_name, name);
    if (version == 0) continue;
    if (version < below) unlinkat(folder, entry->d_name, 0);
    if (version > found) found = version;
  }
  if (files != NULL) closedir(files);
  return found;
}

/* Written beside, flushed, renamed: whoever looks sees all of it or nothing. 0, or errno. */
static int put(int folder, const char* name, concord_bytes bytes) {
  char beside[NAME_MAX_BYTES + 64];
  snprintf(beside, sizeof beside, ".%s.part", name);
  const int fd = openat(folder, beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);
  if (fd < 0) return errno;
  int why = 0;
  for (uint64_t at = 0; at < bytes.size && why == 0;) {
    const ssize_t n = write(fd, bytes.data + at, bytes.size - at);
    if (n < 0 && errno != EINTR) why = errno;
    if (n > 0) at += (uint64_t)n;
  }
  if (why == 0 && fsync(fd) != 0) why = errno;
  if (close(fd) != 0 && why == 0) why = errno;
  if (why == 0 && renameat(folder, beside, folder, name) != 0) why = errno;
  if (why == 0 && fsync(folder) != 0) why = errno;
  if (why != 0) unlinkat(folder, beside, 0);
  return why;
}

static void refuse(concord_outcome* outcome,
                   const char* code,
                   const char* cause,
                   const char* next) {
  outcome->error.error_class = CONCORD_BAD_RECORD;
  outcome->error.code = text_of(code);
  outcome->error.place = text_of("notice");
  outcome->error.cause = text_of(cause);
  outcome->error.next = text_of(next);
}

static bool has_event(concord_bytes body) {
  json_error_t why;
  json_t* root = json_loadb((const char*)body.data, body.size, JSON_REJECT_DUPLICATES, &why);
  const bool good = json_is_object(root) && json_is_string(json_object_get(root, "event"));
  json_decref(root);
  return good;
}

static void write_one(int folder, const concord_delivery* d, concord_outcome* outcome) {
  char name[NAME_MAX_BYTES + 1], file[NAME_MAX_BYTES + 48];
  const bool withdraw = d->operation == CONCORD_WRITE_WITHDRAW;
  if (!equals(d->type, "notice")) {
    refuse(outcome, "RECORD_TYPE", "this system takes notices only", "name notice in the mapping");
    return;
  }
  if (!name_of(d->key, name)) {
    refuse(
        outcome, "KEY_SIZE", "the key is empty or too long for a file name", "map a shorter key");
    return;
  }
  if (!withdraw && !has_event(d->body)) {
    refuse(
        outcome, "NOTICE", "the body is no JSON object with an event", "give event in the mapping");
    return;
  }
  /* A repeat, or older than what is there: nothing is left to do. */
  if (newest(folder, name, 0) >= d->version) return;
  snprintf(file,
           sizeof file,
           "%s.v%llu.%s",
           name,
           (unsigned long long)d->version,
           withdraw ? "withdrawn" : "json");
  const concord_bytes nothing = {NULL, 0};
  const int why = put(folder, file, withdraw ? nothing : d->body);
  if (why != 0) {
    outcome->error.error_class = why == EACCES || why == EROFS ? CONCORD_CONFIG : CONCORD_RETRY;
    outcome->error.code = text_of("NOTICE_IO");
    outcome->error.place = text_of("notices");
    outcome->error.cause = text_of("the file could not be written");
    outcome->error.next = text_of("see the disk and the hub's rights to the folder");
    return;
  }
  newest(folder, name, d->version);
}

static void release(concord_outcomes* outcomes) {
  free(outcomes->owner);
}

uint32_t drop_box_write(void* self,
                        const concord_call* call,
                        const concord_delivery* deliveries,
                        uint32_t count,
                        concord_outcomes* out,
                        concord_error* error) {
  const struct drop_box* box = self;
  (void)call;
  char path[4096];
  snprintf(path, sizeof path, "%s/notices", box->folder);
  const int folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0)
    return fail(error,
                CONCORD_CONFIG,
                "FOLDER",
                "notices",
                "no such folder can be opened",
                "make it, and let the hub write in it");
  concord_outcome* outcomes = calloc(count == 0 ? 1 : count, sizeof *outcomes);
  if (outcomes == NULL) {
    close(folder);
    return fail(error, CONCORD_RETRY, "OUT_OF_MEMORY", "write", "memory ran out", "try again");
  }
  for (uint32_t i = 0; i < count; ++i) {
    outcomes[i].struct_size = sizeof outcomes[i];
    outcomes[i].error.struct_size = sizeof outcomes[i].error;
    outcomes[i].error.retry_after_ms = CONCORD_RETRY_AFTER_UNKNOWN;
    /* A newer host's deliveries are longer: step by the size that it says. */
    const char* at = (const char*)deliveries + (size_t)i * deliveries->struct_size;
    write_one(folder, (const concord_delivery*)(const void*)at, &outcomes[i]);
  }
  close(folder);
  const concord_outcomes full = {sizeof full, count, outcomes, release, outcomes};
  hand_over(out, &full, sizeof full);
  return CONCORD_OK;
}
