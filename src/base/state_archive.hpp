#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <deque>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace tickstock {

// State to bytes and back, for snapshots and for moving a symbol between shards. A class says once
// what its state is, for both ways:
//
//     template <class Archive>
//     void archive(Archive& a) { a(price_, count_, window_); }
//
// Known: numbers, enums, strong types without padding, strings, arrays, vectors, deques, pairs,
// maps, optionals, variants, and classes with archive(). Bytes are the machine's own order; they
// are read by the logic version that wrote them, on the same kind of machine (the snapshot file's
// header holds both).

/// A text that lives for ever, for `const char*` members that name constants. Any thread.
const char* keep_name(std::string_view name);

class StateWriter {
public:
    static constexpr bool is_loading = false;

    template <class... T>
    void operator()(const T&... values) {
        (put(values), ...);
    }
    void bytes(const void* data, std::size_t size) {
        out_.append(static_cast<const char*>(data), size);
    }
    const std::string& text() const { return out_; }
    std::string take() { return std::move(out_); }
    std::size_t size() const { return out_.size(); }
    void clear() { out_.clear(); }

private:
    template <class T>
    void put(const T& value);

    std::string out_;
};

/// Past the end, or at a value that cannot be, it yields zeros and says so in ok().
class StateReader {
public:
    static constexpr bool is_loading = true;

    explicit StateReader(std::string_view bytes) : in_(bytes) {}

    template <class... T>
    void operator()(T&... values) {
        (get(values), ...);
    }
    void bytes(void* data, std::size_t size) {
        if (in_.size() - at_ < size) {
            fail();
            std::memset(data, 0, size);
            return;
        }
        std::memcpy(data, in_.data() + at_, size);
        at_ += size;
    }
    /// A count of elements of at least one byte each: more than what is left is refused.
    std::size_t count() {
        std::uint64_t n = 0;
        bytes(&n, sizeof n);
        if (n > in_.size() - at_) {
            fail();
            return 0;
        }
        return static_cast<std::size_t>(n);
    }
    void fail() {
        ok_ = false;
        at_ = in_.size();
    }
    bool ok() const { return ok_; }
    bool at_end() const { return at_ == in_.size(); }

private:
    template <class T>
    void get(T& value);

    std::string_view in_;
    std::size_t at_ = 0;
    bool ok_ = true;
};

namespace state_detail {

template <class T, class Archive>
concept HasArchive = requires(T& value, Archive& a) {
    value.archive(a);
};

template <class T>
inline constexpr bool is_plain = std::is_floating_point_v<T> ||
                                 (std::is_trivially_copyable_v<T> &&
                                  std::has_unique_object_representations_v<T> &&
                                  !std::is_pointer_v<T>);

template <class T>
struct ArchiveKind : std::integral_constant<int, 0> {};
template <class T, class A>
struct ArchiveKind<std::vector<T, A>> : std::integral_constant<int, 1> {};
template <class T, class A>
struct ArchiveKind<std::deque<T, A>> : std::integral_constant<int, 1> {};
template <class T, std::size_t N>
struct ArchiveKind<std::array<T, N>> : std::integral_constant<int, 2> {};
template <class A, class B>
struct ArchiveKind<std::pair<A, B>> : std::integral_constant<int, 3> {};
template <class T>
struct ArchiveKind<std::optional<T>> : std::integral_constant<int, 4> {};
template <class... T>
struct ArchiveKind<std::variant<T...>> : std::integral_constant<int, 5> {};
template <class K, class V, class C, class A>
struct ArchiveKind<std::map<K, V, C, A>> : std::integral_constant<int, 6> {};

template <class Variant, std::size_t... I>
void emplace_alternative(Variant& value, std::size_t index, std::index_sequence<I...>) {
    ((index == I ? static_cast<void>(value.template emplace<I>()) : void()), ...);
}

template <class T>
inline constexpr bool never = false;

}  // namespace state_detail

template <class T>
void StateWriter::put(const T& value) {
    using namespace state_detail;
    if constexpr (HasArchive<T, StateWriter>) {
        const_cast<T&>(value).archive(*this);  // archive() serves both ways; here it only reads
    } else if constexpr (is_plain<T>) {
        bytes(&value, sizeof value);
    } else if constexpr (std::is_same_v<T, const char*>) {
        put(std::string(value));
    } else if constexpr (std::is_same_v<T, std::string>) {
        put(static_cast<std::uint64_t>(value.size()));
        bytes(value.data(), value.size());
    } else if constexpr (std::is_same_v<T, std::vector<bool>>) {
        put(static_cast<std::uint64_t>(value.size()));
        for (const bool bit : value) {
            put(static_cast<std::uint8_t>(bit));
        }
    } else if constexpr (ArchiveKind<T>::value == 1) {
        put(static_cast<std::uint64_t>(value.size()));
        for (const auto& element : value) {
            put(element);
        }
    } else if constexpr (ArchiveKind<T>::value == 2) {
        for (const auto& element : value) {
            put(element);
        }
    } else if constexpr (ArchiveKind<T>::value == 3) {
        put(value.first);
        put(value.second);
    } else if constexpr (ArchiveKind<T>::value == 4) {
        put(static_cast<std::uint8_t>(value.has_value()));
        if (value) {
            put(*value);
        }
    } else if constexpr (ArchiveKind<T>::value == 5) {
        put(static_cast<std::uint8_t>(value.index()));
        std::visit([this](const auto& alternative) { this->put(alternative); }, value);
    } else if constexpr (ArchiveKind<T>::value == 6) {
        put(static_cast<std::uint64_t>(value.size()));
        for (const auto& [key, mapped] : value) {
            put(key);
            put(mapped);
        }
    } else {
        static_assert(never<T>, "this type needs template <class A> void archive(A&)");
    }
}

template <class T>
void StateReader::get(T& value) {
    using namespace state_detail;
    if constexpr (HasArchive<T, StateReader>) {
        value.archive(*this);
    } else if constexpr (std::is_same_v<T, bool>) {
        std::uint8_t byte = 0;
        get(byte);
        value = byte != 0;
    } else if constexpr (is_plain<T>) {
        bytes(&value, sizeof value);
    } else if constexpr (std::is_same_v<T, const char*>) {
        std::string text;
        get(text);
        value = keep_name(text);
    } else if constexpr (std::is_same_v<T, std::string>) {
        value.resize(count());
        bytes(value.data(), value.size());
    } else if constexpr (std::is_same_v<T, std::vector<bool>>) {
        value.assign(count(), false);
        for (std::size_t i = 0; i < value.size(); ++i) {
            std::uint8_t bit = 0;
            get(bit);
            value[i] = bit != 0;
        }
    } else if constexpr (ArchiveKind<T>::value == 1) {
        value.clear();
        value.resize(count());
        for (auto& element : value) {
            get(element);
        }
    } else if constexpr (ArchiveKind<T>::value == 2) {
        for (auto& element : value) {
            get(element);
        }
    } else if constexpr (ArchiveKind<T>::value == 3) {
        get(value.first);
        get(value.second);
    } else if constexpr (ArchiveKind<T>::value == 4) {
        std::uint8_t present = 0;
        get(present);
        value.reset();
        if (present != 0) {
            get(value.emplace());
        }
    } else if constexpr (ArchiveKind<T>::value == 5) {
        std::uint8_t index = 0;
        get(index);
        if (index >= std::variant_size_v<T>) {
            fail();
            return;
        }
        emplace_alternative(value, index, std::make_index_sequence<std::variant_size_v<T>>());
        std::visit([this](auto& alternative) { this->get(alternative); }, value);
    } else if constexpr (ArchiveKind<T>::value == 6) {
        value.clear();
        const std::size_t n = count();
        for (std::size_t i = 0; i < n && ok_; ++i) {
            typename T::key_type key{};
            typename T::mapped_type mapped{};
            get(key);
            get(mapped);
            value.emplace(std::move(key), std::move(mapped));
        }
    } else {
        static_assert(never<T>, "this type needs template <class A> void archive(A&)");
    }
}

}  // namespace tickstock
