#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "base/result.hpp"
#include "sources/feed/http_fetcher.hpp"

namespace tickstock {

/// What a server answered.
struct ServerAnswer {
    unsigned status = 0;  ///< HTTP's; 0 = no answer, `body` says why
    std::string body;

    bool is_good() const { return status >= 200 && status < 300; }
};

/// A running server that a command asks: `--url`, `--token-file`, `--ca-file`. The token comes from
/// the file, else from TICKSTOCK_TOKEN. Errors are ready to show and hold no secret.
struct ServerAddress {
    std::string url;  ///< empty = none was given
    std::string token_file;
    std::string ca_file;

    /// `role`: whose token it takes, as the help says: "a viewer".
    void add_to(CLI::App& command, const std::string& role);

    /// How that server is asked: its address, its trust, the token; one attempt. An error is one of
    /// usage: address, token or certificates are not accepted.
    Result<HttpFetcher::Options> fetcher_options() const;

    /// The body of GET `target`, below the address.
    Result<std::string> get(const std::string& target) const;
};

/// One request at a time over a connection of its own; blocks until it is answered or failed.
class ServerClient {
public:
    explicit ServerClient(HttpFetcher::Options options) : options_(std::move(options)) {}

    ServerAnswer get(const std::string& target) const;
    /// POST of a JSON text; never tried again.
    ServerAnswer post(const std::string& target, const std::string& body) const;

private:
    const HttpFetcher::Options options_;
};

}  // namespace tickstock
