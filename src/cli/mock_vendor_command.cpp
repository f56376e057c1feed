#include <memory>

#include "cli/commands.hpp"
#include "cli/mock_vendor.hpp"
#include "mock_vendor/fault.hpp"
#include "sources/format.hpp"

namespace tickstock {
namespace {

void add_listening(CLI::App& command, MockVendorCommand& options) {
    const char* group = "Listening";
    command.add_option("--port", options.port, "port; 0 takes a free one and prints it")
        ->capture_default_str()
        ->check(CLI::Range(0, 65535))
        ->group(group);
    command.add_option("--address", options.address, "IP address to listen on")
        ->capture_default_str()
        ->group(group);
    command
        .add_flag("--insecure", options.insecure,
                  "allow an --address that other machines can reach")
        ->group(group);
    command
        .add_flag("--no-tls", options.no_tls, "ws:// and http:// instead of wss:// and https://")
        ->group(group);
    command
        .add_option("--certificate", options.certificate,
                    "certificate in PEM (default: a new one for localhost and 127.0.0.1)")
        ->group(group);
    command.add_option("--key-file", options.key_file, "its private key in PEM")->group(group);
    command
        .add_option("--certificate-out", options.certificate_out,
                    "write the new certificate here, for clients to trust")
        ->group(group);
    command.add_option("--api-key", options.api_key, "the key that clients must show")
        ->capture_default_str()
        ->group(group);
    command.add_option("--api-key-file", options.api_key_file, "read the key from this file")
        ->group(group);
}

void add_tape(CLI::App& command, MockVendorCommand& options) {
    const char* group = "Tape";
    command
        .add_option("--format", options.format, "one of " + format_names() + " (default: detected)")
        ->group(group);
    command
        .add_option("--speed", options.speed,
                    "tape seconds a second; 0 = as fast as the clients take it")
        ->capture_default_str()
        ->check(CLI::Range(0.0, 1e9))
        ->group(group);
    command
        .add_option("--begin-at", options.begin_at,
                    "begin there, all before counting as passed: HH:MM[:SS] in New York on the "
                    "tape's first day, YYYY-MM-DDTHH:MM:SSZ, or a Unix time")
        ->group(group);
    command.add_flag("--loop", options.loop, "start anew at the end")->group(group);
    command
        .add_option("--settle", options.settle_ms,
                    "with --speed 0: ms between the last subscribe message and the first record")
        ->capture_default_str()
        ->check(CLI::Range(0U, 3'600'000U))
        ->group(group);
    command
        .add_option(
            "--patience", options.patience_s,
            "s to wait for a client that a fault has cut: with --speed 0 while others listen, "
            "and behind the end with --exit-at-end")
        ->capture_default_str()
        ->check(CLI::Range(0.0, 86400.0))
        ->group(group);
    command.add_option("--end", options.end, "at the tape's end: close the connections, or stay")
        ->check(CLI::IsMember({"close", "stay"}))
        ->capture_default_str()
        ->group(group);
    command
        .add_flag("--exit-at-end", options.exit_at_end,
                  "exit when the tape has ended and all clients have gone")
        ->group(group);
    command
        .add_option("--report", options.report,
                    "write the summary (JSON) to this file instead of standard error")
        ->group(group);
}

void add_treatment(CLI::App& command, MockVendorCommand& options) {
    const char* group = "Clients";
    command.add_option("--frame-records", options.frame_records, "records in one frame at most")
        ->capture_default_str()
        ->check(CLI::Range(1U, 100'000U))
        ->group(group);
    command
        .add_option("--max-connections", options.max_connections,
                    "of one key and market; one more, and the oldest is closed")
        ->capture_default_str()
        ->check(CLI::Range(std::size_t{1}, std::size_t{1000}))
        ->group(group);
    command.add_option("--auth-timeout", options.auth_timeout_s, "s until auth must have come")
        ->capture_default_str()
        ->check(CLI::Range(0.01, 86400.0))
        ->group(group);
    command
        .add_option("--buffer-bytes", options.buffer_bytes,
                    "what may wait for a slow client; beyond it is cut")
        ->capture_default_str()
        ->check(CLI::Range(std::size_t{65536}, std::size_t{1} << 40))
        ->group(group);
    command.add_option("--rest-delay", options.rest_delay_ms, "ms before a REST answer")
        ->capture_default_str()
        ->check(CLI::Range(0U, 3'600'000U))
        ->group(group);
}

void add_faults(CLI::App& command, MockVendorCommand& options) {
    const char* group = "Faults";
    command
        .add_option(
            "--fault", options.faults,
            "one fault, KIND@RECORD[:ARG]; records count from 0; kinds: " + fault_kind_names())
        ->group(group);
    command.add_option("--faults", options.fault_count, "draw so many faults over the tape")
        ->group(group);
    command.add_option("--fault-seed", options.fault_seed, "the same seed draws the same faults")
        ->capture_default_str()
        ->group(group);
    command
        .add_option("--fault-kinds", options.fault_kinds,
                    "draw from these only (default: all but auth-fail and reorder-any)")
        ->delimiter(',')
        ->group(group);
    command
        .add_option_function<std::size_t>(
            "--lost",
            [&options](const std::size_t& records) {
                options.lost = records;
                options.has_lost = true;
            },
            "records that pass unseen at each cut (default: 1 to 2000, drawn; 100 with --fault)")
        ->group(group);
    command.add_flag("--list-faults", options.list_faults, "print the plan and exit")->group(group);
}

}  // namespace

void add_mock_vendor_command(CLI::App& app, int& exit_code) {
    auto options = std::make_shared<MockVendorCommand>();
    auto* command = app.add_subcommand(
        "mock-vendor",
        "serve recorded files in the live protocol of Polygon/Massive, with faults on request");
    command->add_option("FILES", options->files, "recorded data of any input format")
        ->required()
        ->type_name("FILE...");
    add_listening(*command, *options);
    add_tape(*command, *options);
    add_treatment(*command, *options);
    add_faults(*command, *options);
    command->footer(
        "The tape starts when the first client has subscribed and is held in memory, about 140\n"
        "bytes a record. Two lines on standard output say where it listens. See\n"
        "docs/mock-vendor.md.");
    command->callback([options, &exit_code] { exit_code = run_mock_vendor(*options); });
}

}  // namespace tickstock
