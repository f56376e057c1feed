#include "swarm.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>

#include "clocks.hpp"

namespace tickstock::fanout {
namespace {

constexpr std::uint64_t input_tag = ~std::uint64_t{0};
constexpr int stalled_buffer = 4096;  // bytes, SO_RCVBUF of a client that will stop reading
constexpr double slow_step = 0.05;    // s between the reads of a slow reader

[[noreturn]] void die(const char* what) {
    std::perror(what);
    std::exit(1);
}

sockaddr_in address_of(std::uint32_t host, std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(host);
    address.sin_port = htons(port);
    return address;
}

}  // namespace

Swarm::Swarm(SwarmOptions options, std::vector<Wish> wishes)
    : options_(std::move(options)),
      wishes_(std::move(wishes)),
      host_("127.0.0.1:" + std::to_string(options_.port)),
      random_(options_.seed),
      buffer_(256 * 1024) {
    for (const Wish& wish : wishes_) {
        auto& group = groups_[wish.group];
        if (!group) {
            group = std::make_unique<Group>();
            group->name = wish.group;
        }
        group->size += wish.count;
        for (std::size_t i = 0; i < wish.count; ++i) {
            Peer& peer = peers_.emplace_back();
            peer.group = group.get();
            peer.client = std::make_unique<Client>(wish, options_.rules, group->tally,
                                                   static_cast<std::uint32_t>(peers_.size()));
            waiting_ += wish.stalls_for_ever() ? 0U : 1U;
        }
    }
    epoll_ = epoll_create1(EPOLL_CLOEXEC);
    if (epoll_ < 0) {
        die("epoll_create1");
    }
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = input_tag;
    if (epoll_ctl(epoll_, EPOLL_CTL_ADD, STDIN_FILENO, &event) < 0) {
        die("epoll_ctl(standard input)");
    }
}

Swarm::~Swarm() {
    for (const Peer& peer : peers_) {
        if (peer.fd >= 0) {
            ::close(peer.fd);
        }
    }
    ::close(epoll_);
}

void Swarm::run() {
    started_at_ = marked_at_ = monotonic_ns();
    std::size_t number = 0;
    for (const Peer& peer : peers_) {
        const double rate = options_.connects_per_second;
        schedule(rate > 0 ? static_cast<double>(number) / rate : 0, number, Task::Connect);
        const Wish& wish = peer.client->wish();
        if (wish.stall_after_seconds > 0) {
            schedule(wish.stall_after_seconds, number, Task::Stall);
        }
        ++number;
    }
    std::array<epoll_event, 512> events{};
    while (!quits_) {
        run_due();
        const std::int64_t next = due_.empty() ? 1'000'000'000 : due_.top().at - monotonic_ns();
        const int wait = static_cast<int>(std::clamp<std::int64_t>(next / 1'000'000, 0, 1000));
        const int count = epoll_wait(epoll_, events.data(), static_cast<int>(events.size()),
                                     next > 0 && wait == 0 ? 1 : wait);
        for (int i = 0; i < count; ++i) {
            const epoll_event& event = events[static_cast<std::size_t>(i)];
            if (event.data.u64 == input_tag) {
                quits_ = !on_command();
                continue;
            }
            const auto peer = static_cast<std::size_t>(event.data.u64 & 0xFFFFFFFF);
            if (peers_[peer].fd >= 0 && peers_[peer].generation == event.data.u64 >> 32) {
                on_socket(peer, event.events);
            }
        }
    }
}

void Swarm::connect(std::size_t number) {
    Peer& peer = peers_[number];
    ++peer.generation;
    peer.is_connected = peer.was_open = peer.is_stalled = false;
    peer.began = monotonic_ns();
    peer.fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (peer.fd < 0) {
        die("socket");
    }
    const int yes = 1;
    setsockopt(peer.fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    setsockopt(peer.fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &yes, sizeof yes);
    if (peer.client->wish().stall_after_seconds > 0 && !peer.has_stalled) {
        setsockopt(peer.fd, SOL_SOCKET, SO_RCVBUF, &stalled_buffer, sizeof stalled_buffer);
    }
    const auto own = address_of(
        INADDR_LOOPBACK + 1 + static_cast<std::uint32_t>(number % options_.source_addresses), 0);
    if (bind(peer.fd, reinterpret_cast<const sockaddr*>(&own), sizeof own) < 0) {
        die("bind");
    }
    peer.out = peer.client->begin(host_);
    epoll_event event{};
    event.events = EPOLLIN | EPOLLOUT;
    event.data.u64 = std::uint64_t{peer.generation} << 32 | number;
    if (epoll_ctl(epoll_, EPOLL_CTL_ADD, peer.fd, &event) < 0) {
        die("epoll_ctl");
    }
    const auto server = address_of(INADDR_LOOPBACK, options_.port);
    if (::connect(peer.fd, reinterpret_cast<const sockaddr*>(&server), sizeof server) < 0 &&
        errno != EINPROGRESS) {
        end(number, Why::Refused);
    }
}

void Swarm::watch(const Peer& peer, std::size_t number, bool reads) const {
    epoll_event event{};
    event.events =
        (reads ? std::uint32_t{EPOLLIN} : 0U) | (peer.out.empty() ? 0U : std::uint32_t{EPOLLOUT});
    event.data.u64 = std::uint64_t{peer.generation} << 32 | number;
    epoll_ctl(epoll_, EPOLL_CTL_MOD, peer.fd, &event);
}

void Swarm::on_socket(std::size_t number, std::uint32_t events) {
    Peer& peer = peers_[number];
    if (!peer.is_connected && (events & (EPOLLOUT | EPOLLERR | EPOLLHUP)) != 0) {
        int error = 0;
        socklen_t size = sizeof error;
        getsockopt(peer.fd, SOL_SOCKET, SO_ERROR, &error, &size);
        if (error != 0) {
            end(number, Why::Refused);
            return;
        }
        peer.is_connected = true;
    }
    if ((events & EPOLLOUT) != 0) {
        flush(number);
    }
    if (peer.fd < 0) {
        return;
    }
    if (peer.is_stalled) {
        if ((events & (EPOLLERR | EPOLLHUP)) != 0) {
            end(number, Why::Reset);
        }
    } else if ((events & (EPOLLIN | EPOLLERR | EPOLLHUP)) != 0) {
        read(number);
    }
}

void Swarm::flush(std::size_t number) {
    Peer& peer = peers_[number];
    const ssize_t sent = ::send(peer.fd, peer.out.data(), peer.out.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN) {
        end(number, Why::Reset);
        return;
    }
    peer.out.erase(0, static_cast<std::size_t>(std::max<ssize_t>(sent, 0)));
    watch(peer, number, !peer.is_stalled);
}

void Swarm::read(std::size_t number) {
    Peer& peer = peers_[number];
    const Wish& wish = peer.client->wish();
    std::size_t most = buffer_.size();
    if (wish.bytes_per_second > 0 && peer.client->is_open()) {
        if (peer.allowance <= 0) {
            watch(peer, number, false);
            schedule(slow_step, number, Task::ReadOn);
            return;
        }
        most = std::min(most, static_cast<std::size_t>(peer.allowance));
    }
    const ssize_t got = ::recv(peer.fd, buffer_.data(), most, 0);
    if (got <= 0) {
        if (got == 0 || errno != EAGAIN) {
            end(number, got == 0 ? Why::Eof : Why::Reset);
        }
        return;
    }
    peer.allowance -= got;
    const auto bytes = std::string_view(buffer_.data(), static_cast<std::size_t>(got));
    const bool goes_on = peer.client->take(bytes, wall_ns(), peer.out);
    if (!peer.was_open && peer.client->is_open()) {
        on_connected(number);
    }
    if (!peer.out.empty()) {
        flush(number);
        if (peer.fd < 0) {
            return;
        }
    }
    note_progress(number);
    if (!goes_on) {
        end(number, !peer.client->refusal().empty()  ? Why::Refused
                    : peer.client->close_code() != 0 ? Why::Closed
                                                     : Why::Broken);
    }
}

void Swarm::on_connected(std::size_t number) {
    Peer& peer = peers_[number];
    peer.was_open = true;
    peer.group->connect.add(monotonic_ns() - peer.began);
    if (++open_ == peers_.size() && !told_open_) {
        told_open_ = true;
        std::printf("{\"all_open\":%zu,\"seconds\":%.3f}\n", open_,
                    static_cast<double>(monotonic_ns() - started_at_) / 1e9);
        std::fflush(stdout);
    }
    const double mean = peer.client->wish().churn_seconds;
    if (mean > 0 && !peer.is_done) {
        schedule(std::exponential_distribution<double>(1 / mean)(random_), number, Task::Churn);
    }
}

void Swarm::end(std::size_t number, Why why) {
    Peer& peer = peers_[number];
    std::string word = why_names[static_cast<std::size_t>(why)];
    if (why == Why::Closed) {
        word += '_' + std::to_string(peer.client->close_code());
    } else if (why == Why::Refused && !peer.client->refusal().empty()) {
        word += ": " + peer.client->refusal();
    }
    ++peer.group->ends[word];
    open_ -= peer.was_open ? 1U : 0U;
    if (why == Why::Churn && random_() % 2 == 0) {
        const linger at_once{1, 0};  // a reset, as of a client that dies
        setsockopt(peer.fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    }
    ::close(peer.fd);
    peer.fd = -1;
    peer.out.clear();
    ++peer.generation;
    const bool stays_away = peer.has_stalled && peer.client->wish().stalls_for_ever();
    if (!stays_away) {
        schedule(uniform(options_.reconnect_min, options_.reconnect_max), number, Task::Connect);
    }
}

void Swarm::note_progress(std::size_t number) {
    Peer& peer = peers_[number];
    if (options_.until == 0 || peer.is_done || peer.client->position() < options_.until) {
        return;
    }
    peer.is_done = true;
    waiting_ -= peer.client->wish().stalls_for_ever() ? 0U : 1U;
    if (waiting_ == 0 && !told_done_) {
        told_done_ = true;
        std::printf("{\"all_done\":%zu,\"seconds\":%.3f}\n", peers_.size(),
                    static_cast<double>(monotonic_ns() - started_at_) / 1e9);
        std::fflush(stdout);
    }
}

}  // namespace tickstock::fanout
