#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace tickstock {

/// `tickstock mock-vendor` as typed.
struct MockVendorCommand {
    std::vector<std::string> files;
    std::string format;
    std::string address = "127.0.0.1";
    std::uint16_t port = 0;
    bool insecure = false;
    bool no_tls = false;
    std::string certificate;
    std::string key_file;
    std::string certificate_out;
    std::string api_key = "test-key";
    std::string api_key_file;

    double speed = 1;
    std::string begin_at;
    bool loop = false;
    unsigned settle_ms = 50;
    double patience_s = 30;
    std::string end = "stay";
    bool exit_at_end = false;

    unsigned frame_records = 50;
    std::size_t max_connections = 1;
    double auth_timeout_s = 30;
    std::size_t buffer_bytes = std::size_t{16} << 20;
    unsigned rest_delay_ms = 0;

    std::vector<std::string> faults;
    std::size_t fault_count = 0;
    std::uint64_t fault_seed = 1;
    std::vector<std::string> fault_kinds;
    std::size_t lost = 0;
    bool has_lost = false;
    bool list_faults = false;
    std::string report;
};

/// Serves until it is told to stop; the exit code.
int run_mock_vendor(const MockVendorCommand& command);

}  // namespace tickstock
