#pragma once
#include <map>
#include <memory>
#include <string>
#include <tuple>
#include <vector>

#include "bench/browsers/far-end.h"
#include "clock/system-clock.h"
#include "dtls/dtls-context.h"
#include "engine/json-fields.h"
#include "engine/json-writer.h"
#include "net/udp-network.h"

namespace bench {

/** All far ends of one process, as commands ask for them (bench-browsers.cc has the list). */
class Crowd {
 public:
  /** @param output a line of JSON, without its end */
  explicit Crowd(std::function<void(std::string)> output);

  /** Carries out one command. @throws std::exception what it cannot do */
  void command(const std::string& line);
  /** Every millisecond, or nearly. */
  void turn();
  /** Readable when datagrams wait; read them with poll(). */
  int descriptor() const { return network_.descriptor(); }
  void poll() { network_.poll(); }

 private:
  struct Member {
    std::unique_ptr<FarEnd> end;
    VoiceCodec codec;
    bool speaks = false;
    /** Whose bursts it is told of. */
    std::optional<int64_t> listensTo;
    std::vector<double> delaysMs;
  };

  void browser(interconnect::Fields& fields);
  void phone(interconnect::Fields& fields);
  void say(interconnect::Fields& fields);
  void figures(interconnect::Fields& fields);
  Member& add(int64_t number, VoiceCodec codec, const Transport& transport);
  void media(Member& member, int64_t number, interconnect::Fields& fields);
  void heard(int64_t number, Nanos at);
  const Voice& voice(VoiceCodec codec, const std::string& what, double hz, uint32_t seed);
  void tell(const char* event, int64_t number, Nanos at, const char* key = nullptr, const std::string& value = "");

  const std::function<void(std::string)> output_;
  const interconnect::DtlsContext identity_;
  const interconnect::SystemClock clock_;
  interconnect::UdpNetwork network_;
  const Nanos ownDelay_;
  const Nanos lookAhead_;
  std::map<std::tuple<VoiceCodec, std::string, double, uint32_t>, Voice> voices_;
  std::map<int64_t, Member> members_;
};

}  // namespace bench
