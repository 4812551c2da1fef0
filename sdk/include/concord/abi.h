/* Concord connector ABI 1.1: everything that crosses between the hub and a connector.
 *
 * A connector is one shared library that exports one C symbol, concord_connector_entry, and one
 * manifest beside it. This header is all that both sides share: fixed-width types, no C++ type, no
 * exception, no FILE*, and nobody frees what the other allocated. C++ authors use connector.hpp,
 * which is compiled into the connector by the connector's own compiler.
 *
 * Rules that hold everywhere
 *   sizes     struct_size is the first member of every struct and is set by whoever allocates it.
 *             Fields are only ever appended; nobody reads or writes a byte beyond struct_size, and
 *             what is not there counts as 0. Elements of an array lie as far apart as the first
 *             one's struct_size says: the other side may know a longer struct. concord_bytes and
 *             concord_error stand inside other structs, and so never grow.
 *   lifetime  what a struct points at belongs to the side that filled it in, and lives until the
 *             call that received it returns, unless a release() member says otherwise.
 *   text      UTF-8, not NUL-terminated, length in bytes. A NULL pointer with size 0 is "none".
 *   time      microseconds since 1970-01-01T00:00:00Z; CONCORD_TIME_UNKNOWN where not known.
 *   errors    are data (concord_error). Its class alone decides what the hub does next.
 *   threads   the hub calls read, ack, write, check and describe of one instance one at a time per
 *             function, from any thread; read and write may overlap, and listen runs beside all of
 *             them. Two instances never share state unless the connector makes them.
 *   deadlines every call carries one (concord_call). A connector that overruns it is taken for hung.
 */
#ifndef CONCORD_ABI_H
#define CONCORD_ABI_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define CONCORD_ABI_MAJOR 1u
#define CONCORD_ABI_MINOR 1u
/* One number, so that host and connector can compare: major * 1000 + minor. */
#define CONCORD_ABI_VERSION (CONCORD_ABI_MAJOR * 1000u + CONCORD_ABI_MINOR)

#define CONCORD_TIME_UNKNOWN INT64_MIN
#define CONCORD_RETRY_AFTER_UNKNOWN UINT64_MAX

#if defined(_WIN32)
#define CONCORD_EXPORT __declspec(dllexport)
#else
#define CONCORD_EXPORT __attribute__((visibility("default")))
#endif

/* Borrowed bytes. */
typedef struct concord_bytes {
  const uint8_t* data;
  uint64_t size; /* bytes */
} concord_bytes;

/* What the hub does with an error is decided by its class and by nothing else. */
typedef enum concord_error_class {
  CONCORD_OK = 0,
  CONCORD_RETRY = 1,        /* passing fault: again later, with backoff */
  CONCORD_RATE_LIMITED = 2, /* again after retry_after_ms */
  CONCORD_BAD_RECORD = 3,   /* this record will never do: parked, with a reason */
  CONCORD_CONFIG = 4,       /* the system's settings are wrong: stop, tell the operator */
  CONCORD_AUTH = 5,         /* credentials refused: stop, tell the operator */
  CONCORD_FATAL = 6         /* the connector is in a state that it cannot go on from */
} concord_error_class;

/* Filled in by the connector. Messages carry no content of a record and no secret: they travel
 * further than content may. Pointers live until the same thread calls this connector again, whatever
 * the instance: the host copies at once. */
typedef struct concord_error {
  uint32_t struct_size;
  uint32_t error_class;  /* concord_error_class */
  concord_bytes code;    /* stable, for scripts: "HTTP_503" */
  concord_bytes place;   /* where: file and line, URL path, table and row */
  concord_bytes cause;   /* what was seen */
  concord_bytes next;    /* what to do */
  uint64_t retry_after_ms; /* CONCORD_RETRY_AFTER_UNKNOWN: the hub chooses */
} concord_error;

/* What the hub offers during one call. Valid until the call returns. */
typedef struct concord_call {
  uint32_t struct_size;
  uint32_t reserved;
  uint64_t timeout_ms;                     /* from the start of the call */
  void* host;                              /* handed back in the two functions below */
  int32_t (*cancelled)(void* host);        /* any thread; not 0: return soon */
  /* One event for the hub's log: noun.verb and a JSON object of ids, counts and enums. Never
   * content. level: 0 debug, 1 info, 2 warn, 3 error. Any thread. */
  void (*log)(void* host, int32_t level, concord_bytes event, concord_bytes fields_json);
} concord_call;

enum {
  CONCORD_RECORD_UPSERT = 0,
  CONCORD_RECORD_DELETED = 1 /* the source says that this record is gone; body may be empty */
};

/* What a system gave, unchanged. */
typedef struct concord_record {
  uint32_t struct_size;
  uint32_t operation;   /* CONCORD_RECORD_... */
  concord_bytes type;    /* record type, as describe() names it */
  concord_bytes key;     /* as the source spells it, leading zeros kept; never a row number */
  concord_bytes version; /* tells same from changed. Where the source has an order, it sorts so */
  concord_bytes body;    /* source-native JSON object, UTF-8 */
  concord_bytes origin;  /* where it was read: "placements.csv:14", "GET /placements?page=2" */
  int64_t changed_at_us; /* when the source wrote it; CONCORD_TIME_UNKNOWN */
} concord_record;

/* Something at the source that could not be read as a record. It is kept and counted, never
 * dropped: raw is stored sealed so that it can be read again once the cause is mended. */
typedef struct concord_reject {
  uint32_t struct_size;
  uint32_t reserved;
  concord_bytes type;
  concord_bytes key;  /* where known, else none */
  concord_bytes raw;  /* the bytes as they came, at most Limits.body_bytes_max; may be cut */
  concord_error error; /* class CONCORD_BAD_RECORD; place says file and line */
} concord_reject;

/* What the hub takes at once. */
typedef struct concord_limits {
  uint32_t struct_size;
  uint32_t records_max;    /* at most so many records in one batch; at least 1 */
  uint64_t body_bytes_max; /* a larger record is given as a reject */
} concord_limits;

/* What one read or one event brought. */
typedef struct concord_batch {
  uint32_t struct_size;         /* bytes; set by the host, which allocates the struct */
  uint32_t record_count;        /* 0: nothing new; the checkpoint still counts */
  const concord_record* records;  /* the connector's, until release() */
  concord_bytes checkpoint;       /* opaque to the hub; comes back as it is in the next read() */
  void (*release)(struct concord_batch* batch); /* host calls once, from any thread */
  void* owner;                    /* the host passes it on unread */
  uint32_t reject_count;
  uint32_t more;                  /* not 0: more waits; the hub reads again at once */
  const concord_reject* rejects;  /* the connector's, until release() */
} concord_batch;

enum {
  CONCORD_WRITE_UPSERT = 0,
  CONCORD_WRITE_WITHDRAW = 1 /* the recipient is asked to stop using what it had under this key */
};

/* What the law wants to stand with a document at its recipient. Write text beside the record, so
 * that whoever reads the one reads the other. The hub sends a document only to a connector whose
 * manifest honours every obligation on it ("honours": ["notice_part2", ...]). Since 1.1. */
typedef struct concord_obligation {
  uint32_t struct_size;
  uint32_t reserved;
  concord_bytes code;  /* notice_part2, copy_of_consent, no_redisclosure, no_proceedings, destroy_by,
                        * label_sticky; a later hub may know more. May stand more than once */
  concord_bytes value; /* destroy_by: YYYY-MM-DD; copy_of_consent: the consent's id; label_sticky:
                        * labels, a blank between; else, or where not known, none */
  concord_bytes text;  /* the words to be shown: one line, never none. Of the law, or the hub's */
} concord_obligation;

/* One decided document on its way to a system, already in that system's own record shape. */
typedef struct concord_delivery {
  uint32_t struct_size;
  uint32_t operation;             /* CONCORD_WRITE_... */
  concord_bytes idempotency_key;  /* the same in every attempt; a repeat must have no second effect */
  concord_bytes type;             /* the recipient's record type */
  concord_bytes key;              /* stable for all versions of the document */
  uint64_t version;               /* rises; a lower one than the recipient holds is stale */
  concord_bytes subject;          /* the recipient's own key of the person, or none */
  concord_bytes body;             /* JSON object in the recipient's record shape */
  uint32_t obligation_count;      /* since 1.1, with what follows; 0: nothing must go along */
  uint32_t reserved;
  const concord_obligation* obligations;
} concord_delivery;
#define CONCORD_DELIVERY_SIZE_1_0 offsetof(concord_delivery, obligation_count)

/* What became of one delivery. error.error_class CONCORD_OK: durable at the recipient. */
typedef struct concord_outcome {
  uint32_t struct_size;
  uint32_t reserved;
  concord_error error;
  concord_bytes remote_id; /* what the recipient calls it, or none */
} concord_outcome;

/* What became of the deliveries of one write. */
typedef struct concord_outcomes {
  uint32_t struct_size;
  uint32_t count;                   /* as many as deliveries, in their order */
  const concord_outcome* outcomes;  /* the connector's, until release() */
  void (*release)(struct concord_outcomes* outcomes);
  void* owner;
} concord_outcomes;

/* The hub's end of event intake, given to listen(). Both functions may be called from any thread. */
typedef struct concord_sink {
  uint32_t struct_size;
  uint32_t reserved;
  void* host;
  /* Hands over records (and rejects) that the source pushed. Returns once the hub has committed
   * them, or could not: only then may the connector acknowledge to the source. outcomes holds one
   * entry a record, in order: CONCORD_OK accepted (or known already), CONCORD_BAD_RECORD accepted
   * for repair but not understood, CONCORD_RETRY not kept: the source must send again.
   * The returned value is the worst class. outcomes (count entries, allocated by the connector,
   * struct_size set) is filled in; its texts live until the next call from the same thread. */
  uint32_t (*deliver)(void* host, const concord_batch* batch, concord_outcome* outcomes);
  /* Something of this record type changed: the hub reads it soon. type none: all types. */
  void (*poke)(void* host, concord_bytes record_type);
} concord_sink;

/* A text that the connector owns until release(). */
typedef struct concord_text {
  uint32_t struct_size;
  uint32_t reserved;
  concord_bytes bytes;
  void (*release)(struct concord_text* text);
  void* owner;
} concord_text;

/* One configured instance. Functions that the connector does not offer are NULL. Each returns a
 * concord_error_class; where it is not CONCORD_OK, *error is filled in. */
typedef struct concord_connector {
  uint32_t struct_size;
  uint32_t abi_version; /* what the connector was built for */
  void* self;
  void (*destroy)(void* self); /* after every other call has returned */

  /* Can this system be reached and used as configured? Changes nothing there. */
  uint32_t (*check)(void* self, const concord_call* call, concord_error* error);
  /* {"record_types": [{"name", "reads": bool, "writes": bool, "key": "...", "description": "...",
   *  "sample": {...}}]}; samples are synthetic. Needs no connection. */
  uint32_t (*describe)(void* self, const concord_call* call, concord_text* out, concord_error* error);
  /* What changed since the checkpoint (none: from the beginning). Changes nothing at the source. */
  uint32_t (*read)(void* self, const concord_call* call, concord_bytes record_type,
                   concord_bytes checkpoint, const concord_limits* limits, concord_batch* out,
                   concord_error* error);
  /* The hub has committed all up to this checkpoint: the source may prune. May be repeated. */
  uint32_t (*ack)(void* self, const concord_call* call, concord_bytes record_type,
                  concord_bytes checkpoint, concord_error* error);
  /* Takes in events until call->cancelled(); then stops accepting, finishes what is in hand and
   * returns CONCORD_OK. Opens its port only here. */
  uint32_t (*listen)(void* self, const concord_call* call, const concord_sink* sink,
                     concord_error* error);
  /* Writes all deliveries, in order. Fails as a whole (class not CONCORD_OK, no outcomes) only when
   * nothing was tried; otherwise says for each what became of it. */
  uint32_t (*write)(void* self, const concord_call* call, const concord_delivery* deliveries,
                    uint32_t count, concord_outcomes* out, concord_error* error);
} concord_connector;

/* The one exported symbol. The host sets out->struct_size and offers its newest ABI; a connector
 * that cannot serve host_abi_version returns CONCORD_CONFIG with code "ABI_MISMATCH", and the host
 * steps down to the oldest that the manifest names. config: JSON object that satisfies the
 * manifest's config_schema, secrets already resolved; valid during the call only. */
typedef uint32_t (*concord_connector_entry_fn)(uint32_t host_abi_version, concord_bytes config,
                                               concord_connector* out, concord_error* error);
/* What a connector defines; see concord_connector_entry_fn. */
CONCORD_EXPORT uint32_t concord_connector_entry(uint32_t host_abi_version, concord_bytes config,
                                                concord_connector* out, concord_error* error);
#define CONCORD_ENTRY_SYMBOL "concord_connector_entry"

#ifdef __cplusplus
}
#endif
#endif
