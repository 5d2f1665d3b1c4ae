#pragma once
#include <string>

#include "dtls/identity.h"

namespace interconnect {

/**
 * The box's identity, from its file; made and written there (0600) when there is none, or none that can be used. Several
 * processes that come at once get the same one.
 * @throws std::runtime_error with a sentence that names the file: it can be neither read nor written
 */
DtlsIdentity identityFromFile(const std::string& path);

}  // namespace interconnect
