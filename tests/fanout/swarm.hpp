#pragma once

#include <netinet/in.h>

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <queue>
#include <random>
#include <string>
#include <vector>

#include "client.hpp"

namespace tickstock::fanout {

struct SwarmOptions {
    std::uint16_t port = 0;
    std::size_t source_addresses = 1;  ///< 127.0.0.2 and up; a port range and a server's limit each
    double connects_per_second = 0;    ///< 0 = all at once
    double reconnect_min = 0.05;       ///< s after a connection's end
    double reconnect_max = 0.5;
    std::uint64_t until = 0;  ///< a client is done at this position; 0 = never
    std::uint64_t seed = 1;
    Rules rules;
};

/// Many clients in one thread: their sockets, by epoll, and what each does when. Driven by lines on
/// standard input; tells what happened as JSON lines on standard output. See README.md.
class Swarm {
public:
    Swarm(SwarmOptions options, std::vector<Wish> wishes);
    ~Swarm();

    /// Until `quit` or the end of standard input.
    void run();

private:
    enum class Why : std::uint8_t { Churn, Eof, Reset, Refused, Closed, Broken };
    static constexpr std::array<const char*, 6> why_names{"churn",   "eof",    "reset",
                                                          "refused", "closed", "broken"};
    enum class Task : std::uint8_t { Connect, Churn, Stall, Unstall, ReadOn };

    struct Group {
        std::string name;
        Tally tally;
        Histogram connect;  ///< ns from connect() to the handshake's answer
        std::size_t size = 0;
        std::map<std::string, std::uint64_t> ends;  ///< connections, by why
    };
    struct Peer {
        std::unique_ptr<Client> client;
        Group* group = nullptr;
        int fd = -1;
        std::uint32_t generation = 0;  ///< of the connection; tasks of older ones are void
        bool is_connected = false;
        bool was_open = false;
        bool is_stalled = false;
        bool has_stalled = false;  ///< once is enough
        bool is_done = false;
        std::int64_t began = 0;      ///< monotonic ns
        std::int64_t allowance = 0;  ///< bytes that a slow reader may take now
        std::string out;
    };
    struct Due {
        std::int64_t at;
        std::size_t peer;
        std::uint32_t generation;
        Task task;
        bool operator>(const Due& other) const { return at > other.at; }
    };

    void connect(std::size_t number);
    void on_socket(std::size_t number, std::uint32_t events);
    void on_connected(std::size_t number);
    void read(std::size_t number);
    void flush(std::size_t number);
    void end(std::size_t number, Why why);
    void watch(const Peer& peer, std::size_t number, bool reads) const;
    void schedule(double seconds, std::size_t number, Task task);
    void run_due();
    void carry_out(const Due& due);
    void note_progress(std::size_t number);
    bool on_command();
    void obey(const std::string& line);
    std::string report(const std::string& name);
    std::string report_group(Group& group, double seconds);
    double uniform(double low, double high) {
        return std::uniform_real_distribution<double>(low, high)(random_);
    }

    const SwarmOptions options_;
    const std::vector<Wish> wishes_;
    const std::string host_;
    std::mt19937_64 random_;
    std::map<std::string, std::unique_ptr<Group>> groups_;
    std::vector<Peer> peers_;
    std::priority_queue<Due, std::vector<Due>, std::greater<>> due_;
    std::vector<char> buffer_;
    std::string commands_;
    int epoll_ = -1;
    std::size_t open_ = 0;
    std::size_t waiting_ = 0;  ///< not yet done
    std::int64_t marked_at_ = 0;
    std::int64_t started_at_ = 0;
    bool told_open_ = false;
    bool told_done_ = false;
    bool quits_ = false;
};

}  // namespace tickstock::fanout
