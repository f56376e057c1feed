#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace tickstock {

/// Whom TLS connections of a client trust. Immutable once made; shared by connections and threads.
struct TlsTrust;

/// The system's authorities and those in `certificate_file` (PEM; empty = none more). Reads the
/// system's whole bundle: takes milliseconds at best, so not on the engine's thread.
/// `setting` names where the file comes from, for the error.
Result<std::shared_ptr<TlsTrust>> load_tls_trust(
    const std::string& certificate_file,
    std::string_view setting = "source.polygon.certificate_file");

}  // namespace tickstock
