#pragma once

#include <string>

#include "base/result.hpp"
#include "base/time.hpp"

namespace tickstock {

/// A certificate and its private key, both in PEM.
struct CertificatePair {
    std::string certificate;
    std::string key;
};

/// A new self-signed certificate for localhost, 127.0.0.1 and ::1 (P-256), good from a day before
/// `now` for 30 days. A client trusts it by taking it as a root.
Result<CertificatePair> make_loopback_certificate(UnixNanos now);

}  // namespace tickstock
