#pragma once

#include <boost/asio/ssl/context.hpp>
#include <memory>
#include <string>

#include "base/result.hpp"

namespace tickstock {

/// The server's side of TLS 1.2 and 1.3 with this certificate (PEM, its chain behind it) and key
/// (PEM, unencrypted; refused when others may read the file). Errors name the setting, the file and
/// what is wrong with it.
Result<std::shared_ptr<boost::asio::ssl::context>> load_tls(const std::string& certificate_file,
                                                            const std::string& key_file);

}  // namespace tickstock
