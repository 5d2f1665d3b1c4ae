#pragma once
#include <openssl/bio.h>

#include "rtp/span.h"

namespace interconnect {

/** Puts a datagram on its way. */
class DatagramOutput {
 public:
  virtual void send(Span datagram) = 0;

 protected:
  ~DatagramOutput() = default;
};

/**
 * What OpenSSL reads from and writes to. OpenSSL's memory BIO joins datagrams: a ClientHello that comes in two is lost
 * then. Not to be moved while OpenSSL has its bio().
 */
class DatagramBio {
 public:
  explicit DatagramBio(DatagramOutput& output) : output_(output) {}
  DatagramBio(const DatagramBio&) = delete;
  DatagramBio& operator=(const DatagramBio&) = delete;

  /** A new BIO on this; nullptr without memory. */
  BIO* bio();
  /** To be read next; until then it must stay valid. */
  void put(Span datagram) { waiting_ = datagram; }
  void clear() { waiting_ = {}; }

 private:
  struct Callbacks;
  DatagramOutput& output_;
  Span waiting_;
};

/** Of one datagram of ours: fits through every tunnel. */
constexpr long kDtlsMtu = 1200;

}  // namespace interconnect
