// A library like any other: it exports something, but no connector.
extern "C" __attribute__((visibility("default"))) int bad_input_no_entry() {
  return 0;
}
