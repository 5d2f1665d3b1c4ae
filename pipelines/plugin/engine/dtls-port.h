#pragma once
#include <memory>
#include <optional>
#include <vector>

#include "dtls/association.h"
#include "engine/handshake-budget.h"
#include "engine/remote-address.h"
#include "net/network.h"

namespace interconnect {

/** What DTLS needs of the engine, the same for all legs. */
struct DtlsServices {
  /** nullptr: this engine has no certificate. */
  const DtlsContext* context;
  HandshakeBudget& budget;
};

/** One UDP port's DTLS association, with whom it is, and what waits for its turn. */
class DtlsPort final : private DatagramOutput {
 public:
  /** @throws std::runtime_error OpenSSL has no memory */
  DtlsPort(const DtlsServices& services, const DtlsTerms& terms, Socket& socket, Nanos now);

  /** From an address that the leg's policy accepts. @param signalled where the far end says that it is */
  void received(const Datagram& datagram, const Address& signalled, Nanos now);
  void tick(const Address& signalled, Nanos now);
  ~DtlsPort();
  DtlsPort(const DtlsPort&) = delete;
  DtlsPort& operator=(const DtlsPort&) = delete;
  const DtlsAssociation& association() const { return *association_; }

 private:
  /** A far end's flight is four datagrams at most. */
  static constexpr size_t kMaxWaiting = 8;
  struct Waiting {
    std::vector<uint8_t> bytes;
    Address from;
  };

  void send(Span datagram) override;
  bool handshaking() const;
  void take(Span datagram, const Address& from, const Address& signalled, Nanos now);
  void begin(Nanos now);
  void sendAlert();

  const DtlsServices services_;
  const DtlsTerms terms_;
  Socket& socket_;
  /** Where its datagrams come from; before the first one they go where the far end says that it is. */
  std::optional<Address> peer_;
  Address signalled_;
  std::vector<Waiting> waiting_;
  /** Our word on a handshake that failed, and since when it waits. */
  std::vector<uint8_t> alert_;
  Nanos alertSince_ = 0;
  std::unique_ptr<DtlsAssociation> association_;
};

}  // namespace interconnect
