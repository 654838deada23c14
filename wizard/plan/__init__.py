"""Facts and answers become decisions. Pure: nothing here touches the router, the screen or the network."""
