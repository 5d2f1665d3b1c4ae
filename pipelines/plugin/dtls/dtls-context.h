#pragma once
#include <openssl/ssl.h>

#include <memory>

#include "dtls/identity.h"

namespace interconnect {

/** What all associations of a worker share: our identity, and what of DTLS we speak. */
class DtlsContext {
 public:
  /** @throws std::runtime_error OpenSSL refuses */
  explicit DtlsContext(DtlsIdentity identity);
  const DtlsIdentity& identity() const { return identity_; }
  SSL_CTX* get() const { return context_.get(); }

 private:
  struct Release {
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
  };
  DtlsIdentity identity_;
  std::unique_ptr<SSL_CTX, Release> context_;
};

}  // namespace interconnect
