#include "cli/mock_vendor.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <optional>
#include <utility>

#include "base/clock.hpp"
#include "cli/commands.hpp"
#include "engine/inputs.hpp"
#include "mock_vendor/certificate.hpp"
#include "mock_vendor/rest_query.hpp"
#include "mock_vendor/server.hpp"
#include "model/calendar.hpp"
#include "sources/synthetic/schedule.hpp"

namespace tickstock {
namespace {

constexpr std::size_t default_placed_lost = 100;

Nanos seconds_of(double seconds) {
    return Nanos(static_cast<std::int64_t>(std::min(seconds, 1e9) * 1e9));
}

Result<std::string> read_text(const std::string& path, std::string_view option) {
    std::ifstream file(path, std::ios::binary);
    if (!file) {
        return Error{fmt::format("{} {}: cannot be read", option, path)};
    }
    return std::string(std::istreambuf_iterator<char>(file), {});
}

std::optional<Error> write_text(const std::string& path, std::string_view option,
                                std::string_view text) {
    std::ofstream file(path, std::ios::binary | std::ios::trunc);
    file << text;
    file.close();
    return file ? std::nullopt
                : std::optional(Error{fmt::format("{} {}: cannot be written", option, path)});
}

Result<Tape> load_tape(const MockVendorCommand& command) {
    auto reader = open_recorded(command.files, command.format, [](const Reject& reject) {
        fmt::print(stderr, "{}:{}: {}: {}\n", reject.file, reject.line, to_string(reject.reason),
                   reject.excerpt);
    });
    if (!reader) {
        return reader.error();
    }
    auto tape = Tape::load(**reader);
    if (tape && tape->size() == 0) {
        return Error{"the files hold no records"};
    }
    return tape;
}

Result<std::size_t> find_begin(const std::string& text, const Tape& tape) {
    if (text.empty()) {
        return std::size_t{0};
    }
    UnixNanos time{};
    if (const auto of_day = parse_time_of_day(text); of_day.ok()) {
        const UnixNanos first = tape[0].header().ts_event;
        const auto local = new_york_time(first);
        time = first - (local - std::chrono::floor<std::chrono::days>(local)) + *of_day;
    } else if (const auto moment = parse_vendor_time(text)) {
        time = *moment;
    } else {
        return Error{
            fmt::format("--begin-at {}: expected HH:MM[:SS] (New York), "
                        "YYYY-MM-DDTHH:MM:SSZ, or a Unix time",
                        text)};
    }
    const std::size_t begin = tape.first_at(time);
    if (begin == tape.size()) {
        return Error{fmt::format("--begin-at {}: the tape ends before", text)};
    }
    return begin;
}

bool is_address(const std::string& text) {
    std::array<unsigned char, sizeof(in6_addr)> ignored{};
    return inet_pton(AF_INET, text.c_str(), ignored.data()) == 1 ||
           inet_pton(AF_INET6, text.c_str(), ignored.data()) == 1;
}

Result<MockServerOptions> server_options(const MockVendorCommand& command, UnixNanos now) {
    MockServerOptions options;
    options.address = command.address == "localhost" ? "127.0.0.1" : command.address;
    options.port = command.port;
    options.tls = !command.no_tls;
    options.api_key = command.api_key;
    options.frame_records = command.frame_records;
    options.max_connections = command.max_connections;
    options.auth_timeout = seconds_of(command.auth_timeout_s);
    options.buffer_bytes = command.buffer_bytes;
    options.rest_delay = std::chrono::milliseconds(command.rest_delay_ms);
    options.close_at_end = command.end == "close";
    options.exit_at_end = command.exit_at_end;
    options.patience = seconds_of(command.patience_s);
    if (!is_address(options.address)) {
        return Error{
            fmt::format("--address {}: accepted is an IP address, or localhost", command.address)};
    }
    if (!options.address.starts_with("127.") && options.address != "::1" && !command.insecure) {
        return Error{
            fmt::format("--address {}: other machines can reach it; add --insecure if "
                        "that is meant",
                        command.address)};
    }
    if (!command.api_key_file.empty()) {
        auto key = read_text(command.api_key_file, "--api-key-file");
        if (!key) {
            return key.error();
        }
        options.api_key = key->substr(0, key->find_first_of("\r\n"));
    }
    if (options.api_key.empty()) {
        return Error{"--api-key is empty"};
    }
    if (command.certificate.empty() != command.key_file.empty()) {
        return Error{"--certificate and --key-file belong together"};
    }
    if (!options.tls) {
        return options;
    }
    if (!command.certificate.empty()) {
        auto certificate = read_text(command.certificate, "--certificate");
        auto key = read_text(command.key_file, "--key-file");
        if (!certificate || !key) {
            return certificate ? key.error() : certificate.error();
        }
        options.certificate = std::move(*certificate);
        options.key = std::move(*key);
        return options;
    }
    auto pair = make_loopback_certificate(now);
    if (!pair) {
        return pair.error();
    }
    options.certificate = std::move(pair->certificate);
    options.key = std::move(pair->key);
    return options;
}

Result<std::vector<Fault>> plan_faults(const MockVendorCommand& command, const Tape& tape,
                                       std::size_t begin) {
    FaultDraw draw;
    draw.count = command.fault_count;
    draw.seed = command.fault_seed;
    draw.lost = command.has_lost ? std::optional(command.lost) : std::nullopt;
    draw.first = begin;
    draw.last = tape.size();
    for (const std::string& name : command.fault_kinds) {
        const auto kind = parse_fault_kind(name);
        if (!kind) {
            return Error{fmt::format("--fault-kinds {}: unknown; accepted are {}", name,
                                     fault_kind_names())};
        }
        draw.kinds.push_back(*kind);
    }
    if (command.fault_count > tape.size() - begin) {
        return Error{fmt::format("--faults {}: the tape has {} records to draw them for",
                                 command.fault_count, tape.size() - begin)};
    }
    std::vector<Fault> faults = draw_faults(draw);
    if (!faults.empty() && faults.back().record >= tape.size()) {
        const auto room = std::ranges::count_if(
            faults, [&](const Fault& fault) { return fault.record < tape.size(); });
        return Error{fmt::format("--faults {}: only {} have room in {} records{}",
                                 command.fault_count, room, tape.size(),
                                 command.has_lost ? "; a smaller --lost makes more" : "")};
    }
    for (const std::string& text : command.faults) {
        const auto fault = parse_fault(text, command.has_lost ? command.lost : default_placed_lost);
        if (!fault) {
            return fault.error();
        }
        if (fault->record >= tape.size()) {
            return Error{fmt::format("--fault {}: the tape has {} records", text, tape.size())};
        }
        faults.push_back(*fault);
    }
    std::stable_sort(faults.begin(), faults.end(),
                     [](const Fault& a, const Fault& b) { return a.record < b.record; });
    return faults;
}

void print_plan(const std::vector<Fault>& faults) {
    for (const Fault& fault : faults) {
        const std::string argument = argument_text(fault);
        fmt::print("{}@{}{}{}{}\n", to_string(fault.kind), fault.record,
                   argument.empty() ? "" : ":", argument,
                   cuts_connection(fault.kind) ? fmt::format(":{}", fault.lost) : "");
    }
}

int fail(const Error& error, int code) {
    fmt::print(stderr, "tickstock mock-vendor: {}\n", error.message);
    return code;
}

}  // namespace

int run_mock_vendor(const MockVendorCommand& command) {
    const SystemClock clock;
    auto options = server_options(command, clock.wall());
    if (!options) {
        return fail(options.error(), exit_usage);
    }
    const auto tape = load_tape(command);
    if (!tape) {
        return fail(tape.error(), exit_failed);
    }
    const auto begin = find_begin(command.begin_at, *tape);
    if (!begin) {
        return fail(begin.error(), exit_usage);
    }
    auto faults = plan_faults(command, *tape, *begin);
    if (!faults) {
        return fail(faults.error(), exit_usage);
    }
    if (command.list_faults) {
        print_plan(*faults);
        return exit_good;
    }
    PlayerOptions play;
    play.speed = command.speed;
    play.loop = command.loop;
    play.begin = *begin;
    play.settle = std::chrono::milliseconds(command.settle_ms);
    play.patience = seconds_of(command.patience_s);
    std::ofstream report_file;  // at once: a report that cannot be kept is worth no run
    if (!command.report.empty()) {
        report_file.open(command.report);
        if (!report_file) {
            return fail({fmt::format("--report {}: it cannot be written", command.report)},
                        exit_usage);
        }
    }
    auto server = MockServer::open(*options, *tape, play, std::move(*faults), clock);
    if (!server) {
        return fail(server.error(), exit_failed);
    }
    if (!command.certificate_out.empty() && options->tls) {
        if (const auto error =
                write_text(command.certificate_out, "--certificate-out", options->certificate)) {
            return fail(*error, exit_failed);
        }
    }
    const std::string host = options->address.find(':') == std::string::npos
                                 ? options->address
                                 : "[" + options->address + "]";
    const char* s = options->tls ? "s" : "";
    fmt::print("listening on ws{}://{}:{}/stocks\nREST at http{}://{}:{}\n", s, host,
               (*server)->port(), s, host, (*server)->port());
    std::fflush(stdout);
    (*server)->run();
    const std::string report = (*server)->report() + "\n";
    if (command.report.empty()) {
        fmt::print(stderr, "{}", report);
        return exit_good;
    }
    report_file << report << std::flush;
    if (!report_file) {
        fmt::print(stderr, "{}", report);
        return fail({fmt::format("--report {}: it could not be written", command.report)},
                    exit_failed);
    }
    return exit_good;
}

}  // namespace tickstock
