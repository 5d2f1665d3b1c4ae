#pragma once
#include <deque>
#include <random>
#include <vector>

#include "clock/manual-clock.h"
#include "dtls/association.h"

namespace interconnect {

/** Two associations that speak to each other over a line that loses, delays and repeats. */
class DtlsLink {
 public:
  using Bytes = std::vector<uint8_t>;
  class End;

 private:
  struct OnItsWay {
    End* to;
    Nanos due;
    Bytes bytes;
  };
  // Before the ends: they say close_notify when they go.
  std::deque<OnItsWay> onTheirWay_;

 public:
  class End final : public DatagramOutput {
   public:
    End(DtlsLink& line, const DtlsContext& ours) : context(ours), line_(line) {}
    void begin(DtlsRole role, std::vector<Fingerprint> expected) {
      association = std::make_unique<DtlsAssociation>(context, DtlsTerms{role, std::move(expected), ""}, *this, line_.clock.now());
    }
    void send(Span datagram) override { line_.carry(*this, datagram); }

    const DtlsContext& context;
    std::vector<Bytes> sent;
    std::unique_ptr<DtlsAssociation> association;

   private:
    DtlsLink& line_;
  };

  DtlsLink(const DtlsContext& one, const DtlsContext& two) : client(*this, one), server(*this, two) {}

  /** Each expects the other's certificate. */
  void begin() {
    client.begin(DtlsRole::Client, {server.context.identity().fingerprint()});
    server.begin(DtlsRole::Server, {client.context.identity().fingerprint()});
    client.association->start(clock.now());
  }

  void runFor(Nanos duration) {
    const Nanos end = clock.now() + duration;
    for (; clock.now() < end; clock.moveTo(clock.now() + 10 * kMillisecond)) {
      for (End* each : {&client, &server}) each->association->tick(clock.now());
      deliver();
    }
  }

  bool secured() const {
    return client.association->state() == DtlsAssociation::State::Secured && server.association->state() == DtlsAssociation::State::Secured;
  }

  ManualClock clock;
  double loss = 0;
  /** Each datagram takes this long, and up to twice that where they are to overtake each other. */
  Nanos delay = 10 * kMillisecond;
  bool reorders = false;
  bool repeats = false;
  std::mt19937 random{1};
  End client;
  End server;

 private:
  bool lost() { return std::uniform_real_distribution<>(0, 1)(random) < loss; }

  void carry(End& from, Span datagram) {
    from.sent.emplace_back(datagram.data, datagram.data + datagram.size);
    for (int copies = repeats ? 2 : 1; copies > 0; copies--) {
      if (lost()) continue;
      const Nanos extra = reorders ? static_cast<Nanos>(random() % 50) * kMillisecond : 0;
      onTheirWay_.push_back({&from == &client ? &server : &client, clock.now() + delay + extra, from.sent.back()});
    }
  }

  void deliver() {
    for (size_t i = 0; i < onTheirWay_.size();) {
      if (onTheirWay_[i].due > clock.now()) {
        i++;
        continue;
      }
      const OnItsWay one = std::move(onTheirWay_[i]);
      onTheirWay_.erase(onTheirWay_.begin() + static_cast<std::ptrdiff_t>(i));
      one.to->association->received({one.bytes.data(), one.bytes.size()}, clock.now());
    }
  }
};

}  // namespace interconnect
