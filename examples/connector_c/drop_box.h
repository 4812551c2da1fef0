/* A connector in plain C: a folder that an agency's system writes changes to and takes notices
 * from.
 *
 *   <folder>/changes.jsonl  one change a line, appended: {"id", "version", "deleted"?, "record":
 * {...}} <folder>/notices/       what the hub delivers: <key>.v<version>.json, or .withdrawn; keys
 * are percent-encoded, and only the newest version of a key is there
 *
 * Nothing but abi.h of the SDK is used, with jansson to read JSON. */
#ifndef DROP_BOX_H
#define DROP_BOX_H

#include <concord/abi.h>
#include <stdbool.h>
#include <stddef.h>

struct drop_box {
  char* folder;
};

/* The texts of the last error of this thread: what a concord_error points at. */
struct fault {
  uint32_t error_class;
  const char* code;
  char place[128];
  char cause[160];
  const char* next;
};

/* Fills in as much of *error as the host has room for; returns the class. */
uint32_t fail(concord_error* error,
              uint32_t error_class,
              const char* code,
              const char* place,
              const char* cause,
              const char* next);
concord_bytes text_of(const char* text); /* borrows; NULL: none */
bool equals(concord_bytes bytes, const char* text);
/* Copies as much of a struct of ours as the host's has room for. */
void hand_over(void* out, const void* ours, size_t size);

uint32_t drop_box_read(void* self,
                       const concord_call* call,
                       concord_bytes type,
                       concord_bytes checkpoint,
                       const concord_limits* limits,
                       concord_batch* out,
                       concord_error* error);
uint32_t drop_box_write(void* self,
                        const concord_call* call,
                        const concord_delivery* deliveries,
                        uint32_t count,
                        concord_outcomes* out,
                        concord_error* error);

#endif
