"""The package programs of OpenWrt: opkg (8.09 to 24.10) and apk (25.12), as stand-ins. ipkg is a script in ../bin."""
