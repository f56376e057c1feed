#include "cli/server_page.hpp"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <future>
#include <iterator>
#include <memory>

#include "base/url.hpp"
#include "sources/feed/feed_key.hpp"
#include "sources/feed/tls_trust.hpp"

namespace tickstock {
namespace {

constexpr std::size_t shown_bytes = 500;

/// From the file, else from TICKSTOCK_TOKEN; null when there is neither.
Result<std::shared_ptr<const FeedKey>> load_token(const std::string& file) {
    std::string text;
    std::string origin = "TICKSTOCK_TOKEN";
    if (!file.empty()) {
        origin = "--token-file " + file;
        std::ifstream in(file, std::ios::binary);
        if (!in) {
            return Error{origin +
                         ": cannot be read; accepted is a file with a token or an API key"};
        }
        text.assign(std::istreambuf_iterator<char>(in), {});
    } else if (const char* variable = std::getenv("TICKSTOCK_TOKEN")) {
        text = variable;
    }
    text.erase(text.find_last_not_of(" \t\r\n") + 1);
    const bool is_visible =
        std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7F; });
    if (!is_visible || (text.empty() && !file.empty())) {
        return Error{origin + ": holds no token; accepted is one line of visible characters"};
    }
    std::shared_ptr<const FeedKey> key;
    if (!text.empty()) {
        key = std::make_shared<const FeedKey>(text);
        std::fill(text.begin(), text.end(), '\0');
    }
    return key;
}

/// Starts what `begin` asks of a fetcher and waits for its answer.
template <class Begin>
ServerAnswer ask(const HttpFetcher::Options& options, Begin begin) {
    std::promise<ServerAnswer> promise;
    auto answer = promise.get_future();
    HttpFetcher fetcher(options);
    begin(fetcher, [&](unsigned status, std::string& body) {
        promise.set_value({status, std::move(body)});
    });
    return answer.get();
}

}  // namespace

void ServerAddress::add_to(CLI::App& command, const std::string& role) {
    CLI::Option* const address =
        command.add_option("--url", url, "A running server's address, e.g. http://127.0.0.1:8080");
    address->type_name("URL");
    if (!url.empty()) {
        address->description("The server's address")->capture_default_str();
    }
    command
        .add_option("--token-file", token_file,
                    "Token or API key of " + role + " (default: the variable TICKSTOCK_TOKEN)")
        ->type_name("FILE");
    command
        .add_option("--ca-file", ca_file,
                    "With https://: certificates in PEM to trust beside the system's")
        ->type_name("FILE");
}

Result<HttpFetcher::Options> ServerAddress::fetcher_options() const {
    auto key = load_token(token_file);
    if (!key) {
        return key.error();
    }
    auto parsed = *key != nullptr ? parse_secret_url("--url", url) : parse_feed_url("--url", url);
    if (!parsed) {
        return parsed.error();
    }
    if (parsed->target.find('?') != std::string::npos) {
        return Error{"--url " + url + ": accepted is an address without a query"};
    }
    while (parsed->target.size() > 1 && parsed->target.back() == '/') {
        parsed->target.pop_back();
    }
    HttpFetcher::Options options;
    if (parsed->tls) {
        auto trust = load_tls_trust(ca_file, "--ca-file");
        if (!trust) {
            return trust.error();
        }
        options.trust = *trust;
    } else if (!ca_file.empty()) {
        return Error{"--ca-file with --url " + url + ": accepted with https:// only"};
    }
    options.thread_name = "ts-fetch";
    options.url = *parsed;
    options.key = *key;
    options.connections = 1;
    options.attempts = 1;
    options.request_timeout = std::chrono::seconds{10};
    return options;
}

Result<std::string> ServerAddress::get(const std::string& target) const {
    const auto options = fetcher_options();
    if (!options) {
        return options.error();
    }
    auto answer = ServerClient(*options).get(target);
    if (!answer.is_good()) {
        return Error{url + target + ": " +
                     (answer.status == 0 ? "" : std::to_string(answer.status) + ": ") +
                     answer.body.substr(0, shown_bytes)};
    }
    return std::move(answer.body);
}

ServerAnswer ServerClient::get(const std::string& target) const {
    return ask(options_, [&](HttpFetcher& fetcher, HttpFetcher::Done done) {
        fetcher.get(target, std::move(done));
    });
}

ServerAnswer ServerClient::post(const std::string& target, const std::string& body) const {
    return ask(options_, [&](HttpFetcher& fetcher, HttpFetcher::Done done) {
        fetcher.send(target, body, std::move(done));
    });
}

}  // namespace tickstock
