using System.Collections.Immutable;

namespace Wgns.Confinement;

/// <summary>Variables by which a program finds others that run outside and do what it asks: `exec --isolate` leaves them out.</summary>
/// <remarks>
/// Without --isolate none of them is: what they name in /run is not there, what they name by address is reached through the
/// tunnel, and a socket of /tmp or of a home is found without them too.
/// </remarks>
public static class SessionVariables
{
    public static readonly ImmutableArray<string> All =
    [
        // Display and session: X(7), wl_display_connect(3), XSMP.
        "DISPLAY", "XAUTHORITY", "WAYLAND_DISPLAY", "WAYLAND_SOCKET", "XDG_RUNTIME_DIR", "SESSION_MANAGER", "ICEAUTHORITY", "SWAYSOCK", "I3SOCK",

        // Buses: dbus-daemon(1), the D-Bus specification's "Message Bus Starting Services".
        "DBUS_SESSION_BUS_ADDRESS", "DBUS_SYSTEM_BUS_ADDRESS", "DBUS_STARTER_ADDRESS", "DBUS_STARTER_BUS_TYPE", "AT_SPI_BUS_ADDRESS",

        // Agents: ssh-agent(1), gpg-agent(1) before 2.1, gnome-keyring-daemon(1).
        "SSH_AUTH_SOCK", "GPG_AGENT_INFO", "GNOME_KEYRING_CONTROL",

        // Terminals and editors that open a window or start a command for who asks: tmux(1), screen(1), kitty, nvim, code.
        "TMUX", "STY", "KITTY_LISTEN_ON", "NVIM", "VSCODE_IPC_HOOK_CLI",

        // Sound, which modules of the server send over the network: pulseaudio(1), pipewire(1).
        "PULSE_SERVER", "PIPEWIRE_REMOTE",

        // Daemons that start programs outside: docker(1), podman(1).
        "DOCKER_HOST", "CONTAINER_HOST",
    ];
}
