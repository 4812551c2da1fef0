#include "drop_box.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* One a thread: an error's texts live until the same thread calls again. */
static _Thread_local struct fault last;

concord_bytes text_of(const char* text) {
  concord_bytes bytes = {(const uint8_t*)text, text == NULL ? 0 : strlen(text)};
  return bytes;
}

bool equals(concord_bytes bytes, const char* text) {
  return bytes.size == strlen(text) &&
         (bytes.size == 0 || memcmp(bytes.data, text, bytes.size) == 0);
}

void hand_over(void* out, const void* ours, size_t size) {
  uint32_t given;
  memcpy(&given, out, sizeof given); /* struct_size comes first in every struct */
  const uint32_t used = given < size ? given : (uint32_t)size;
  memcpy(out, ours, used);
  memcpy(out, &used, sizeof used);
}

uint32_t fail(concord_error* error,
              uint32_t error_class,
              const char* code,
              const char* place,
              const char* cause,
              const char* next) {
  last.error_class = error_class;
  last.code = code;
  last.next = next;
  snprintf(last.place, sizeof last.place, "%s", place);
  snprintf(last.cause, sizeof last.cause, "%s", cause);
  if (error == NULL) return error_class;
  concord_error full = {sizeof full,
                        error_class,
                        text_of(last.code),
                        text_of(last.place),
                        text_of(last.cause),
                        text_of(last.next),
                        CONCORD_RETRY_AFTER_UNKNOWN};
  hand_over(error, &full, sizeof full);
  return error_class;
}

static void destroy(void* self) {
  struct drop_box* box = self;
  free(box->folder);
  free(box);
}

static uint32_t check(void* self, const concord_call* call, concord_error* error) {
  const struct drop_box* box = self;
  struct stat found;
  (void)call;
  if (stat(box->folder, &found) == 0 && S_ISDIR(found.st_mode)) return CONCORD_OK;
  return fail(error,
              CONCORD_CONFIG,
              "FOLDER",
              "config.folder",
              "no folder is there",
              "make it, and let the hub read and write in it");
}

static const char description[] =
    "{\"record_types\": ["
    "{\"name\": \"visit\", \"reads\": true, \"writes\": false, \"key\": \"id\","
    " \"description\": \"A visit to a child.\","
    " \"sample\": {\"id\": \"SYN-V-0001\", \"person_id\": \"SYN-0001\", \"on\": \"2026-03-01\"}},"
    "{\"name\": \"notice\", \"reads\": false, \"writes\": true, \"key\": \"the delivery's key\","
    " \"description\": \"What another agency tells about a child.\","
    " \"sample\": {\"person_id\": \"SYN-0001\", \"event\": \"placement\"}}]}";

static uint32_t describe(void* self,
                         const concord_call* call,
                         concord_text* out,
                         concord_error* error) {
  (void)self, (void)call, (void)error;
  /* A constant: nobody has to release it. */
  const concord_text full = {sizeof full, 0, text_of(description), NULL, NULL};
  hand_over(out, &full, sizeof full);
  return CONCORD_OK;
}

/* {"folder": "..."} and nothing else. */
static uint32_t read_settings(concord_bytes config, char** folder, concord_error* error) {
  json_error_t why;
  json_t* root = json_loadb((const char*)config.data, config.size, JSON_REJECT_DUPLICATES, &why);
  const json_t* given = json_object_get(root, "folder");
  const char* cause = NULL;
  const char* place = "config";
  if (!json_is_object(root)) {
    cause = "no JSON object";
  } else if (given == NULL || !json_is_string(given) || json_string_length(given) == 0) {
    place = "config.folder";
    cause = "missing, or no text";
  } else if (json_object_size(root) != 1) {
    cause = "holds a key other than folder";
  } else {
    *folder = strdup(json_string_value(given));
  }
  json_decref(root);
  if (cause == NULL) return CONCORD_OK;
  return fail(error, CONCORD_CONFIG, "SETTING", place, cause, "set folder, and nothing else");
}

CONCORD_EXPORT uint32_t concord_connector_entry(uint32_t host_abi_version,
                                                concord_bytes config,
                                                concord_connector* out,
                                                concord_error* error) {
  if (host_abi_version / 1000 != CONCORD_ABI_MAJOR) {
    char cause[96];
    snprintf(cause,
             sizeof cause,
             "the host offers ABI %u.%u, this connector needs %u.x",
             host_abi_version / 1000,
             host_abi_version % 1000,
             CONCORD_ABI_MAJOR);
    return fail(error,
                CONCORD_CONFIG,
                "ABI_MISMATCH",
                "concord_connector_entry",
                cause,
                "install the connector that was built for this hub");
  }
  char* folder = NULL;
  const uint32_t result = read_settings(config, &folder, error);
  if (result != CONCORD_OK) return result;
  struct drop_box* box = malloc(sizeof *box);
  if (box == NULL) {
    free(folder);
    return fail(error, CONCORD_RETRY, "OUT_OF_MEMORY", "create", "memory ran out", "try again");
  }
  box->folder = folder;
  concord_connector full = {0};
  full.struct_size = sizeof full;
  full.abi_version = CONCORD_ABI_VERSION;
  full.self = box;
  full.destroy = destroy;
  full.check = check;
  full.describe = describe;
  full.read = drop_box_read; /* no ack: the agency keeps its changes */
  full.write = drop_box_write;
  hand_over(out, &full, sizeof full);
  return CONCORD_OK;
}
