// Payload of sandbox: u8 flags, u32 uid, u64 memory, u32 files, u32 threads, four lists.
// Payload of its ok: u32 Landlock ABI, u8 flags, u32 descriptor of the gate.
#include "hub/runtime/channel/spec.hpp"

namespace concord::runtime {
namespace {

constexpr uint8_t bit(bool set, int place) {
  return static_cast<uint8_t>(set ? 1u << place : 0u);
}
bool has(uint8_t flags, int place) {
  return (flags >> place & 1) != 0;
}
void put_all(Put& put, const std::vector<std::string>& texts) {
  put.u32(static_cast<uint32_t>(texts.size()));
  for (const std::string& text : texts) put.text(text);
}
void put_all(Put& put, const std::vector<uint32_t>& numbers) {
  put.u32(static_cast<uint32_t>(numbers.size()));
  for (const uint32_t number : numbers) put.u32(number);
}
std::vector<std::string> take_texts(Take& take) {
  std::vector<std::string> texts;
  for (uint32_t left = take.count(4); left > 0; --left) texts.emplace_back(take.text());
  return texts;
}
std::vector<uint32_t> take_numbers(Take& take) {
  std::vector<uint32_t> numbers;
  for (uint32_t left = take.count(4); left > 0; --left) numbers.push_back(take.u32());
  return numbers;
}

}  // namespace

Put put_spec(const SandboxSpec& s) {
  Put put(Kind::sandbox);
  put.u8(bit(s.on, 0) | bit(s.pass_read_modes, 1) | bit(s.pass_write_modes, 2) | bit(s.gate, 3) |
         bit(s.network, 4));
  put.u32(s.uid).u64(s.memory_bytes_max).u32(s.files_max).u32(s.threads_max);
  put_all(put, s.read);
  put_all(put, s.write);
  put_all(put, s.connect);
  put_all(put, s.listen);
  return put;
}

SandboxSpec take_spec(Take& take) {
  SandboxSpec s;
  const uint8_t flags = take.u8();
  s.on = has(flags, 0);
  s.pass_read_modes = has(flags, 1);
  s.pass_write_modes = has(flags, 2);
  s.gate = has(flags, 3);
  s.network = has(flags, 4);
  s.uid = take.u32();
  s.memory_bytes_max = take.u64();
  s.files_max = take.u32();
  s.threads_max = take.u32();
  s.read = take_texts(take);
  s.write = take_texts(take);
  s.connect = take_numbers(take);
  s.listen = take_numbers(take);
  return s;
}

Put put_confined(const Confined& c) {
  Put put(Kind::ok);
  put.u32(static_cast<uint32_t>(c.landlock_abi));
  put.u8(bit(c.files, 0) | bit(c.ports, 1) | bit(c.signals, 2) | bit(c.calls, 3) |
         bit(c.own_user, 4));
  put.u32(static_cast<uint32_t>(c.gate_fd));
  return put;
}

Confined take_confined(Take& take) {
  Confined c;
  c.landlock_abi = static_cast<int32_t>(take.u32());
  const uint8_t flags = take.u8();
  c.files = has(flags, 0);
  c.ports = has(flags, 1);
  c.signals = has(flags, 2);
  c.calls = has(flags, 3);
  c.own_user = has(flags, 4);
  c.gate_fd = static_cast<int32_t>(take.u32());
  return c;
}

}  // namespace concord::runtime
